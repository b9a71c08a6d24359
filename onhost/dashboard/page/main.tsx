import "uplot/dist/uPlot.min.css";
import "./style.css";
import { render } from "preact";
import { keepLooking } from "./live.ts";
import { Shell } from "./shell.tsx";
import { followLinks } from "./state.ts";
import { followSystem } from "./theme.ts";

followSystem();
followLinks();
keepLooking();
const place = document.getElementById("page");
place?.replaceChildren();
if (place) render(<Shell />, place);
