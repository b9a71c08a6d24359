// Two comforts on top of pages that work without any script: products that go well with this one, and hints while
// searching. Everything is put together as nodes, never as HTML from text.

recommend();
hint();

/** The recommendations service names products by number; the shop knows the rest about them. */
async function recommend() {
  const section = document.querySelector("#recommendations");
  if (!section) return;
  try {
    const { recommendations } = await json(`/api/recommendations?product=${section.dataset.product}`);
    const { products } = await json(`/api/products?ids=${recommendations.map((one) => one.product).join(",")}`);
    const reasons = new Map(recommendations.map((one) => [one.product, one.reason]));
    section.querySelector("ul").replaceChildren(...products.map((product) => card(product, reasons.get(product.id))));
    section.hidden = products.length === 0;
  } catch {
    // No recommendations today: the page is complete without them.
  }
}

/** The first few finds, a moment after the last key. */
function hint() {
  const form = document.querySelector(".find");
  const input = form.querySelector("input");
  const list = form.querySelector(".hints");
  let timer;
  const hide = () => {
    list.hidden = true;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 3) return hide();
    timer = setTimeout(async () => {
      const found = await json(`/api/search?q=${encodeURIComponent(text)}`).catch(() => ({ products: [] }));
      if (input.value.trim() !== text) return;
      list.replaceChildren(...found.products.slice(0, 6).map(line));
      list.hidden = found.products.length === 0;
    }, 180);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  form.addEventListener("focusout", (event) => !form.contains(event.relatedTarget) && hide());
}

async function json(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

function card(product, reason) {
  const link = node("a", { href: `/product/${product.id}` }, [
    picture(product, 400),
    node("span", { className: "kind" }, [reason]),
    node("strong", {}, [product.name]),
    node("span", { className: "price" }, [money(product.price)]),
  ]);
  return node("li", { className: "card" }, [link]);
}

function line(product) {
  const price = node("span", { className: "price" }, [money(product.price)]);
  return node("li", {}, [node("a", { href: `/product/${product.id}` }, [picture(product, 44), product.name, price])]);
}

function picture({ id }, size) {
  return node("img", { src: `/picture/${id}.svg`, width: size, height: size, alt: "", loading: "lazy" }, []);
}

function node(name, properties, children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function money(cents) {
  return `€${(cents / 100).toFixed(2)}`;
}
