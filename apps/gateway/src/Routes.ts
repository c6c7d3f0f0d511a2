/**
 * Every route of the gateway, made of the API value: a path goes to the service of its context, one that every program serves is
 * asked of all of them, and of one under `/services/{context}`. There are no others: what services say to one another,
 * `/service/…`, is not found here.
 */
import { Api, serverOf } from "@eventfold/orders-api"
import { otherPaths } from "@eventfold/orders-api/http/Paths"
import * as RequestPipeline from "@eventfold/orders-api/http/RequestPipeline"
import { UnknownContext } from "@eventfold/orders-api/http/ContextsApi"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { HttpApi } from "effect/http-api"
import { type Way, ways } from "./Everywhere.ts"
import { Forwarding } from "./Forwarding.ts"
import { Gathering } from "./Gathering.ts"
import { respond } from "./GatewayProblems.ts"
import * as OwnRoutes from "./OwnRoutes.ts"
import { contexts } from "./Services.ts"

const prefix = "/services"

const isPath = (text: string): text is `/${string}` => text.startsWith("/")

type Method = Parameters<typeof HttpRouter.add>[0]

/** The endpoints of the API: by whom they are served, and what is done with those that everybody serves. */
const endpoints = () => {
  const found: Array<{
    method: Method
    path: `/${string}`
    server: ReturnType<typeof serverOf>
    way: Way | undefined
  }> = []
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group }) => {
      const { identifier, method, path } = endpoint
      if (!isPath(path) || !isRouted(method)) return
      found.push({ method, path, server: serverOf(group, endpoint), way: ways[`${group.identifier}.${identifier}`] })
    }
  })
  return found
}

const isRouted = (method: string): method is Method => ["GET", "POST", "PUT", "PATCH", "DELETE"].includes(method)

const handedOn = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const { forward } = yield* Forwarding
    const { answer } = yield* Gathering
    const any: Way = { _tag: "Any" }

    /** What one service has of its own. */
    const ofOne = Effect.gen(function* () {
      const { context: name = "" } = yield* HttpRouter.params
      const request = yield* HttpServerRequest.HttpServerRequest
      const context = contexts.find((one) => one === name)
      if (context === undefined) {
        const detail = `There is no service of this name. There are ${contexts.join(", ")}.`
        return yield* respond(new UnknownContext({ name, known: contexts, detail }))
      }
      return yield* forward(request, context, request.url.slice(`${prefix}/${name}`.length))
    })

    for (const { method, path, server, way } of endpoints()) {
      if (server !== undefined && server !== "every") {
        yield* router.add(method, path, (request) => forward(request, server))
        continue
      }
      yield* router.add(method, `${prefix}/:context${path}`, ofOne)
      if (way !== undefined && way._tag !== "Gateway")
        yield* router.add(method, path, (request) => answer(request, way))
    }
    yield* router.add("GET", otherPaths.asyncApi, (request) => answer(request, any))
  })
)

/** Every route, behind what every request to the service goes through, too. */
export const layer = Layer.mergeAll(RequestPipeline.layer, OwnRoutes.layer, handedOn)
