/** `GET /`: what there is, as links. And no icon, for which browsers ask by themselves. */
import { Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { version } from "./Api.ts"
import { otherPaths } from "./Paths.ts"

const links = {
  service: "eventfold orders",
  version,
  links: {
    documentation: otherPaths.docs,
    openapi: otherPaths.openapi,
    health: "/health",
    orders: "/orders"
  }
}

/** The routes of the index and of the icon. */
export const layer = Layer.merge(
  HttpRouter.add("GET", otherPaths.index, HttpServerResponse.jsonUnsafe(links)),
  HttpRouter.add("GET", otherPaths.icon, HttpServerResponse.empty())
)
