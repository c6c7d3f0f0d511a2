/**
 * How everything behind the gateway is: every instance of every service is asked at once, each within two seconds.
 *
 * A context is as well as the instances that serve it: up when all are, down when none can do its work, degraded otherwise. The
 * whole is down only when no context works; it is degraded while one of them, the registry or a breaker is not up.
 */
import { type Hostable, version } from "@eventfold/orders-api"
import * as BreakerHealth from "@eventfold/orders-api/health/BreakerHealth"
import { HealthStatus, type ComponentHealth, type Health } from "@eventfold/orders-api/http/HealthApi"
import type { Breakers } from "@eventfold/processes"
import { Clock, Context, DateTime, Effect, Layer, Result, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { contexts, Services } from "./Services.ts"

/** What is read of the health of a service: it may tell more. */
const Told = Schema.Struct({
  status: HealthStatus,
  components: Schema.Record(Schema.String, Schema.Struct({ status: HealthStatus }))
})

/** How long a service may take to say how it is. */
const longestProbe = "2 seconds"

/** Tells how everything behind the gateway is. */
export class GatewayHealth extends Context.Service<GatewayHealth, { readonly check: Effect.Effect<Health> }>()(
  "@eventfold/gateway/GatewayHealth"
) {
  /** Asks the services, however their breakers stand. */
  static readonly layer: Layer.Layer<GatewayHealth, never, Breakers | HttpClient.HttpClient | Services> = Layer.effect(
    GatewayHealth,
    Effect.gen(function* () {
      const client = HttpClient.withScope(yield* HttpClient.HttpClient)
      const services = yield* Services
      const breakers = yield* BreakerHealth.check
      const started = yield* Clock.currentTimeMillis

      const ask = (url: string) =>
        timed(
          client.get(`${url}/health`).pipe(
            Effect.flatMap(HttpClientResponse.schemaBodyJson(Told)),
            Effect.scoped,
            Effect.timeout(longestProbe),
            Effect.map(({ components, status }) => {
              const ailing = Object.entries(components).filter(([, part]) => part.status !== "up")
              const detail = ailing.map(([name, part]) => `${name} is ${part.status}`).join(", ")
              return detail === "" ? { status } : { status, detail }
            }),
            Effect.catch((error) => Effect.succeed({ status: "down" as const, detail: whyOf(error) }))
          )
        )

      return {
        check: Effect.gen(function* () {
          const found = yield* Effect.result(services.all)
          const all = Result.getOrElse(found, () => [])
          const urls = Array.from(new Set(all.flatMap((service) => service.urls)))
          const findings = new Map(
            yield* Effect.forEach(urls, (url) => Effect.map(ask(url), (finding) => [url, finding] as const), {
              concurrency: 32
            })
          )
          const findingsOf = (context: Hostable) =>
            all
              .filter((service) => service.contexts.includes(context))
              .flatMap((service) => service.urls.flatMap((url) => findings.get(url) ?? []))
          const served = contexts.map((context) => [context, together(findingsOf(context))] as const)
          const components: Record<string, ComponentHealth> = {
            ...Object.fromEntries(served),
            registry: Result.isSuccess(found)
              ? { status: "up", responseMillis: 0 }
              : { status: "down", responseMillis: 0, detail: "nobody can say where contexts are served" },
            breakers: yield* timed(breakers)
          }
          const time = yield* DateTime.now
          const uptimeSeconds = Math.floor((time.epochMilliseconds - started) / 1000)
          const facts = { service: "eventfold gateway", version, time, uptimeSeconds, components }
          if (served.every(([, { status }]) => status === "down")) return { status: "down", ...facts }
          const isUp = Object.values(components).every(({ status }) => status === "up")
          return { status: isUp ? "up" : "degraded", ...facts }
        })
      }
    })
  )
}

type Finding = Omit<ComponentHealth, "responseMillis">

const timed = (part: Effect.Effect<Finding>): Effect.Effect<ComponentHealth> =>
  Effect.gen(function* () {
    const started = yield* Clock.currentTimeMillis
    const finding = yield* part
    return { ...finding, responseMillis: (yield* Clock.currentTimeMillis) - started }
  })

/** How a context is, by its instances. */
const together = (instances: ReadonlyArray<ComponentHealth>): ComponentHealth => {
  const count = instances.length
  if (count === 0) return { status: "down", responseMillis: 0, detail: "nobody serves it" }
  const responseMillis = Math.max(...instances.map((instance) => instance.responseMillis))
  const ailing = instances.filter(({ status }) => status !== "up")
  if (ailing.length === 0)
    return { status: "up", responseMillis, ...(count > 1 ? { detail: `${count} instances` } : {}) }
  const status = instances.every((instance) => instance.status === "down") ? "down" : "degraded"
  const details = ailing.map((instance) => instance.detail ?? `it is ${instance.status}`)
  const detail = count === 1 ? details.join("") : `${ailing.length} of ${count} instances: ${details.join("; ")}`
  return { status, responseMillis, detail }
}

/** Why a service did not say how it is; nothing of its address. */
const whyOf = (error: { readonly _tag: string }): string => {
  switch (error._tag) {
    case "TimeoutError":
      return `it did not answer within ${longestProbe}`
    case "SchemaError":
      return "it answered what nobody here understands"
    default:
      return "there is no connection to it, or it broke"
  }
}
