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
    asyncapi: otherPaths.asyncApi,
    health: "/health",
    ready: "/ready",
    orders: "/orders",
    shippingQueue: "/shipping-queue",
    sales: "/sales/days?currency=USD",
    stock: "/inventory",
    reservations: "/reservations",
    payments: "/payments",
    shipments: "/shipments",
    invoices: "/invoices",
    notifications: "/notifications",
    accounts: "/accounts",
    sagas: "/sagas",
    timers: "/timers",
    processes: "/processes",
    contexts: "/contexts",
    schemas: "/schemas",
    projections: "/projections",
    deadLetters: "/dead-letters",
    audit: "/audit"
  }
}

/** The routes of the index and of the icon. */
export const layer = Layer.merge(
  HttpRouter.add("GET", otherPaths.index, HttpServerResponse.jsonUnsafe(links)),
  HttpRouter.add("GET", otherPaths.icon, HttpServerResponse.empty())
)
