/**
 * The laws of service registries as values: what every layer of the port guarantees. No test framework is needed to run
 * them; `ServiceRegistryContract` registers them with vitest.
 *
 * Programs that register themselves have clocks of their own here: one whose clock stands still is frozen, and nobody waits.
 */
import { ContextNotRegistered } from "@eventfold/event-store"
import { type RegisteredInstance, type ServiceInstance, ServiceRegistry, ServicesNotValid } from "@eventfold/messaging"
import { Clock, DateTime, Duration, Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

/** An instance of a service of a namespace, all made up. */
const fresh = Effect.fnUntraced(function* (given: Partial<ServiceInstance> = {}): Effect.fn.Return<ServiceInstance> {
  return {
    namespace: `laws-${yield* Scenario.hex(12)}`,
    service: `service-${yield* Scenario.hex(4)}`,
    instance: yield* Scenario.hex(16),
    version: "1.2.3-beta+7",
    endpoints: { http: "http://127.0.0.1:4001/api", nats: "nats://10.0.0.7:4222" },
    ...given
  }
})

const register = (instance: ServiceInstance) => Effect.flatMap(ServiceRegistry, (all) => all.register(instance))
const find = ({ namespace, service }: Pick<ServiceInstance, "namespace" | "service">) =>
  Effect.flatMap(ServiceRegistry, (all) => all.find(service, namespace))

const plain = ({ heardAt: _, ...instance }: RegisteredInstance): ServiceInstance => instance
const expectFound = (what: string, one: ServiceInstance, expected: ReadonlyArray<ServiceInstance>) =>
  Effect.flatMap(find(one), (found) => expectEqual(what, found.map(plain), expected))
const expectNotFound = (what: string, { namespace, service }: ServiceInstance, known: ReadonlyArray<string> = []) =>
  Effect.flatMap(expectFailure(what, find({ namespace, service })), (error) =>
    expectEqual(what, error, new ContextNotRegistered({ namespace, context: service, known }))
  )

/** A clock of somebody's own, which begins at some time. */
const clockAt = Effect.fnUntraced(function* (millis: number) {
  const clock = yield* TestClock.make()
  yield* clock.setTime(millis)
  return clock
})
const on =
  (clock: Clock.Clock) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, Clock.Clock, clock)

/**
 * Waits until a program has been heard of at a time: so many turns, as others may be at work on it. It is looked once more
 * then, so that the program has been told that it was heard, and waits for its next beat.
 */
const heard = Effect.fnUntraced(function* (instance: ServiceInstance, at: number, clock: Clock.Clock) {
  const registry = yield* ServiceRegistry
  const look = on(clock)(registry.list(instance.namespace))
  for (let turn = 0; turn < 2000; turn++) {
    const found = (yield* look).find((one) => one.instance === instance.instance)
    if (found !== undefined && DateTime.toEpochMillis(found.heardAt) >= at) {
      yield* look
      return yield* Effect.repeat(Effect.yieldNow, { times: 20 })
    }
    yield* Effect.yieldNow
  }
  return yield* expect(false, `${instance.instance} must be heard of at ${at}`)
})

/** The laws of service registries. */
export const laws: ReadonlyArray<Law<ServiceRegistry>> = [
  make(
    "who is registered is found by namespace and service, with version and endpoints, all of them by instance",
    Effect.scoped(
      Effect.gen(function* () {
        const one = yield* fresh({ instance: "b" })
        const other = { ...one, instance: "a", version: "2", endpoints: { http: "https://example.org" } }
        const another = yield* fresh({ namespace: one.namespace, service: "another" })
        yield* Effect.forEach([one, other, another], register)
        yield* expectFound("what is found", one, [other, one])
        yield* expectFound("what is found of the other service", another, [another])
        const registry = yield* ServiceRegistry
        yield* expectEqual("all", (yield* registry.list(one.namespace)).map(plain), [another, other, one])
      })
    )
  ),

  make(
    "a service nobody has registered is an error that names those of its namespace",
    Effect.scoped(
      Effect.gen(function* () {
        const known = yield* fresh({ service: "known" })
        yield* expectNotFound("a service of an empty namespace", known)
        yield* Effect.forEach([known, { ...known, instance: "x" }, { ...known, service: "also" }], register)
        yield* expectNotFound("an unknown service", { ...known, service: "unknown" }, ["also", "known"])
      })
    )
  ),

  make(
    "namespaces know nothing of one another",
    Effect.scoped(
      Effect.gen(function* () {
        const one = yield* fresh()
        const other = { ...one, namespace: `laws-${yield* Scenario.hex(12)}`, version: "2" }
        yield* register(one)
        yield* expectNotFound("a service of the other namespace", other)
        yield* register(other)
        yield* expectFound("what is found in the first", one, [one])
      })
    )
  ),

  make(
    "who registers again is found as it said last",
    Effect.scoped(
      Effect.gen(function* () {
        const one = yield* fresh()
        const moved = { ...one, version: "2", endpoints: { http: "http://127.0.0.1:4002" } }
        yield* register(one)
        yield* register(moved)
        yield* expectFound("what is found", one, [moved])
      })
    )
  ),

  make(
    "who ends is gone at once, and no other",
    Effect.scoped(
      Effect.gen(function* () {
        const [one, other] = [yield* fresh(), yield* Scenario.hex(16)]
        const stays = { ...one, instance: other }
        const scope = yield* Scope.make()
        yield* register(stays)
        yield* Scope.provide(register(one), scope)
        yield* Scope.close(scope, Exit.void)
        yield* expectFound("what is found", one, [stays])
      })
    )
  ),

  make(
    "who is alive stays, however long",
    Effect.scoped(
      Effect.gen(function* () {
        const { timeToLive } = yield* ServiceRegistry
        const one = yield* fresh()
        const clock = yield* clockAt(0)
        yield* on(clock)(register(one))
        const step = Math.ceil(Duration.toMillis(timeToLive) / 3)
        for (let beat = 1; beat <= 7; beat++) {
          yield* clock.adjust(step)
          yield* heard(one, beat * step - 3, clock)
        }
        yield* on(clock)(expectFound("what is found after more than two lives", one, [one]))
      })
    )
  ),

  make(
    "who is silent for the time to live is not found any more, and is when it is heard of again",
    Effect.scoped(
      Effect.gen(function* () {
        const { timeToLive } = yield* ServiceRegistry
        const life = Duration.toMillis(timeToLive)
        const one = yield* fresh()
        const [frozen, others] = [yield* clockAt(0), yield* clockAt(life - 1)]
        yield* on(frozen)(register(one))
        yield* on(others)(expectFound("what is found before its time is over", one, [one]))
        yield* others.setTime(life)
        yield* on(others)(expectNotFound("a service that is dead", one))
        // It tells at once that it is alive, by the time it went to sleep for, and then again.
        yield* frozen.setTime(life)
        yield* heard(one, life / 3, yield* clockAt(0))
        yield* frozen.adjust(life / 3)
        yield* heard(one, life, others)
        yield* on(others)(expectFound("what is found when it is back", one, [one]))
      })
    )
  ),

  make(
    "what breaks a rule is refused with the names of the wrong fields, and not registered",
    Effect.scoped(
      Effect.gen(function* () {
        const one = yield* fresh()
        const wrong: ReadonlyArray<readonly [string, ServiceInstance]> = [
          ["namespace", { ...one, namespace: "No Name" }],
          ["service", { ...one, service: "" }],
          ["instance", { ...one, instance: "a.b" }],
          ["version", { ...one, version: "1 2" }],
          ["endpoints", { ...one, endpoints: {} }],
          ["endpoints.http", { ...one, endpoints: { http: "/api" } }],
          ["endpoints.http", { ...one, endpoints: { http: "http://me:secret@example.org" } }]
        ]
        for (const [field, instance] of wrong) {
          const error = yield* expectFailure(`a wrong ${field}`, register(instance))
          const fields = error instanceof ServicesNotValid ? error.problems.map((problem) => problem.field) : error
          yield* expectEqual(`what is wrong with the ${field}`, fields, [field])
        }
        yield* expectNotFound("what was refused", one)
      })
    )
  )
]
