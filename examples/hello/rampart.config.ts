import { defineSite } from "rampart";

export default defineSite({
  name: "hello",
  domain: "www.hello.example",
  app: { hello: { source: "./app", start: "node server.js", port: 3000 } },
  environments: { lab: { httpsPort: 8444, httpPort: 8081 } }, // so that it can stand beside the shop
});
