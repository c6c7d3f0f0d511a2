/** What the gateway answers itself: what there is, who serves it, how everything behind it is, and the one description of it all. */
import { Api, serverOf, version } from "@eventfold/orders-api"
import { Healthy, Unhealthy } from "@eventfold/orders-api/http/HealthApi"
import { otherPaths } from "@eventfold/orders-api/http/Paths"
import { Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApi, HttpApiScalar, OpenApi } from "effect/http-api"
import { unavailable } from "./GatewayProblems.ts"
import { GatewayHealth } from "./GatewayHealth.ts"
import { contexts, Services } from "./Services.ts"

/** Who serves what, by context: the paths that need to be told nothing. */
const lists = (): Readonly<Record<string, ReadonlyArray<string>>> => {
  const found = contexts.map((context) => [context, new Set<string>()] as const)
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group }) => {
      if (endpoint.method !== "GET" || endpoint.path.includes(":")) return
      const server = serverOf(group, endpoint)
      for (const [context, paths] of found) if (context === server) paths.add(endpoint.path)
    }
  })
  return Object.fromEntries(found.map(([context, paths]) => [context, Array.from(paths)]))
}

const index = {
  service: "eventfold gateway",
  version,
  links: {
    documentation: otherPaths.docs,
    openapi: otherPaths.openapi,
    asyncapi: otherPaths.asyncApi,
    health: "/health",
    ready: "/ready",
    services: "/services"
  },
  contexts: lists()
}

const addendum = [
  "This is the gateway: each request goes to the service of its context.",
  "What each service has of its own, such as its projections and its dead letters, is at `/services/{context}/…`, for example `/services/inventory/projections`. Without that prefix lists are put together, and one thing is answered by the service that knows it; anything else is answered 400 with the addresses to ask.",
  "A service that cannot be reached is answered 503, one that broke off 502, one that took too long 504."
].join("\n\n")

/** The description of all contexts, as the gateway gives it: but for `info`, it is that of a service that has them all. */
const description = () => {
  const document = OpenApi.fromApi(Api)
  const { info } = document
  return {
    ...document,
    info: { ...info, title: "eventfold gateway", description: `${info.description ?? ""}\n\n${addendum}` }
  }
}

const encodeHealth = Schema.encodeEffect(Schema.toCodecJson(Schema.Union([Healthy, Unhealthy])))

const health = Layer.unwrap(
  Effect.map(GatewayHealth, ({ check }) =>
    HttpRouter.add(
      "GET",
      "/health",
      Effect.flatMap(check, (found) =>
        Effect.map(Effect.orDie(encodeHealth(found)), (body) =>
          HttpServerResponse.jsonUnsafe(body, { status: found.status === "down" ? 503 : 200 })
        )
      )
    )
  )
)

/** Whom there is to be asked: contexts by service, and how many instances it has. Where they are is nobody's business. */
const services = Layer.unwrap(
  Effect.map(Services, ({ all }) =>
    HttpRouter.add(
      "GET",
      "/services",
      Effect.matchEffect(all, {
        onFailure: () => unavailable("Nobody can say at present which services there are."),
        onSuccess: (found) =>
          Effect.succeed(
            HttpServerResponse.jsonUnsafe({
              services: found.map((service) => ({
                contexts: service.contexts,
                instances: service.urls.length,
                address: `/services/${service.contexts[0]}`
              }))
            })
          )
      })
    )
  )
)

/** The routes. */
export const layer = Layer.mergeAll(
  health,
  services,
  HttpRouter.add("GET", otherPaths.index, HttpServerResponse.jsonUnsafe(index)),
  HttpRouter.add("GET", otherPaths.icon, HttpServerResponse.empty()),
  Layer.unwrap(
    Effect.map(Effect.cached(Effect.sync(description)), (document) =>
      HttpRouter.add("GET", otherPaths.openapi, Effect.map(document, HttpServerResponse.jsonUnsafe))
    )
  ),
  HttpApiScalar.layer(Api, { path: otherPaths.docs, scalar: { withDefaultFonts: false } })
)
