/** `GET /`: what there is, as links. And no icon, for which browsers ask by themselves. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { hosts } from "../contexts/Hosting.ts"
import { Settings, type SettingsShape } from "../Settings.ts"
import { version } from "./Api.ts"
import { isPathServed, otherPaths } from "./Paths.ts"

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
    buyers: "/buyers",
    invoices: "/invoices",
    notifications: "/notifications",
    analytics: "/analytics/days?currency=USD",
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

/** The links to what a process serves. */
const linksOf = (settings: SettingsShape) => {
  const isHere = (path: string) => isPathServed(path, (context) => hosts(settings, context))
  return { ...links, links: Object.fromEntries(Object.entries(links.links).filter(([, path]) => isHere(path))) }
}

/** The routes of the index and of the icon. */
export const layer = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    Layer.merge(
      HttpRouter.add("GET", otherPaths.index, HttpServerResponse.jsonUnsafe(linksOf(settings))),
      HttpRouter.add("GET", otherPaths.icon, HttpServerResponse.empty())
    )
  )
)
