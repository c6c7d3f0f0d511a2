/**
 * Where contexts are served, in the order in which their instances are asked.
 *
 * Instances take turns. One that did not answer is asked last for some seconds: until it is gone from the registry, or back.
 */
import { type RegistryFailure, ServiceRegistry } from "@eventfold/messaging"
import { Api, type Hostable, serverOf } from "@eventfold/orders-api"
import { Array, Clock, Context, Effect, Layer, Schema } from "effect"

/** Nobody can be asked: a context is served by nobody, or nobody knows by whom. */
export class NotServed extends Schema.TaggedError<NotServed>()("NotServed", {
  context: Schema.String,
  detail: Schema.String
}) {}

/** A program, or several of one kind: whoever serves the same contexts at the same addresses. */
export interface Service {
  readonly contexts: Array.NonEmptyReadonlyArray<Hostable>
  readonly urls: Array.NonEmptyReadonlyArray<string>
}

/** The contexts in the order of the API: the first one of a service is what it is called by. */
export const contexts: ReadonlyArray<Hostable> = Array.dedupe(
  Object.values(Api.groups)
    .map((group) => serverOf(group))
    .filter((server) => server !== undefined && server !== "every")
)

/** For so long an instance that did not answer is asked last, in milliseconds. */
const setBack = 5_000

/** Where contexts are served. */
export class Services extends Context.Service<
  Services,
  {
    /** The addresses of a context, the one whose turn it is first. */
    readonly urlsOf: (context: Hostable) => Effect.Effect<Array.NonEmptyReadonlyArray<string>, NotServed>
    /** Everyone there is. */
    readonly all: Effect.Effect<ReadonlyArray<Service>, RegistryFailure>
    /** Whether one service has both contexts, and one log. */
    readonly areOne: (context: Hostable, other: Hostable) => Effect.Effect<boolean>
    /** Notes that an instance did not answer. */
    readonly failed: (url: string) => Effect.Effect<void>
  }
>()("@eventfold/gateway/Services") {
  /** As the registry knows it. */
  static readonly layer: Layer.Layer<Services, never, ServiceRegistry> = Layer.effect(
    Services,
    Effect.gen(function* () {
      const registry = yield* ServiceRegistry
      const failures = new Map<string, number>()
      let turn = 0

      const inTurn = (urls: Array.NonEmptyReadonlyArray<string>, now: number) => {
        for (const [url, at] of failures) if (now - at > setBack) failures.delete(url)
        const first = turn++ % urls.length
        const turned = [...urls.slice(first), ...urls.slice(0, first)]
        return [...turned.filter((url) => !failures.has(url)), ...turned.filter((url) => failures.has(url))]
      }

      const all = Effect.map(registry.list(), (instances) =>
        Object.values(
          Array.groupBy(
            contexts.flatMap((context) => {
              const urls = Array.dedupe(
                instances.filter(({ service }) => service === context).flatMap(httpOf)
              ).toSorted()
              return Array.isReadonlyArrayNonEmpty(urls) ? [{ context, urls }] : []
            }),
            ({ urls }) => urls.join(" ")
          )
        ).map((same) => ({ contexts: Array.map(same, ({ context }) => context), urls: same[0].urls }))
      )

      return {
        urlsOf: Effect.fnUntraced(
          function* (context) {
            const urls = Array.dedupe((yield* registry.find(context)).flatMap(httpOf))
            if (!Array.isReadonlyArrayNonEmpty(urls)) {
              return yield* new NotServed({ context, detail: `Whoever serves ${context} does not speak HTTP.` })
            }
            const turned = inTurn(urls, yield* Clock.currentTimeMillis)
            return Array.isReadonlyArrayNonEmpty(turned) ? turned : urls
          },
          (effect, context) =>
            Effect.catchTags(effect, {
              ContextNotRegistered: () => new NotServed({ context, detail: `Nobody serves ${context} at present.` }),
              RegistryFailure: (failure) =>
                Effect.andThen(
                  Effect.logWarning(`nobody could say where ${context} is served`, failure),
                  new NotServed({ context, detail: `Nobody can say at present where ${context} is served.` })
                )
            })
        ),
        all,
        areOne: (context, other) =>
          Effect.match(all, {
            onFailure: () => false,
            onSuccess: (services) =>
              services.some((service) => [context, other].every((name) => service.contexts.some((one) => one === name)))
          }),
        failed: (url) => Effect.map(Clock.currentTimeMillis, (now) => void failures.set(url, now))
      }
    })
  )
}

const httpOf = ({ endpoints }: { readonly endpoints: Readonly<Record<string, string>> }): ReadonlyArray<string> =>
  endpoints["http"] === undefined ? [] : [endpoints["http"].replace(/\/+$/u, "")]
