/**
 * The port to the register of services: which running programs serve a context, and where.
 *
 * A program registers itself while it runs, and is heard of again and again. One that ends is gone at once, one that dies
 * when it has not been heard of for the time to live. Several may serve one context.
 *
 * Guarantees of every layer (`ServiceRegistryContract` in `@eventfold/testing` holds them to it):
 * - whoever is registered is found by namespace and service, with its version and endpoints as it gave them;
 * - a service nobody has registered, or nobody who is alive, is `ContextNotRegistered`, which names those there are;
 * - whoever is silent for the time to live is not found any more, and is found again when it is heard of;
 * - namespaces know nothing of one another.
 *
 * Gotchas: found is not reachable: a program that has just died is found for up to the time to live. Time is Effect's clock:
 * programs that share a registry must agree on it to within that time. What a registry that is away said last is believed for
 * as long as its layer says.
 */
import { compareText } from "@eventfold/decider/RowValue"
import { ContextNotRegistered } from "@eventfold/event-store"
import { Array, Clock, Context, DateTime, Duration, Effect, Schedule, Schema, type Scope } from "effect"
import { check, defaultNamespace, type ServiceInstance, type ServicesNotValid } from "./ServiceInstance.ts"

/** The registry itself failed: unreachable, timed out. `retryable` when trying again can help. */
export class RegistryFailure extends Schema.TaggedError<RegistryFailure>()("RegistryFailure", {
  operation: Schema.String,
  retryable: Schema.Boolean,
  cause: Schema.Defect()
}) {
  override get message() {
    return `the service registry failed in ${this.operation}${this.retryable ? " (trying again can help)" : ""}`
  }
}

/** A program that serves a context, and when it was heard of last. */
export interface RegisteredInstance extends ServiceInstance {
  readonly heardAt: DateTime.Utc
}

/** What a registry keeps of a program. Times in milliseconds. */
export interface StoredInstance {
  readonly instance: ServiceInstance
  readonly heardAt: number
  /** Up to here it counts as alive; `Infinity`: always. */
  readonly until: number
}

/** What a layer of the port implements: a store of entries by namespace, service and instance. */
export interface RegistryDriver {
  /** Stores what is known of an instance, in the place of what was. */
  readonly put: (entry: StoredInstance) => Effect.Effect<void, RegistryFailure>
  /** Removes an instance, if it is there. */
  readonly remove: (
    instance: Pick<ServiceInstance, "namespace" | "service" | "instance">
  ) => Effect.Effect<void, RegistryFailure>
  /** The entries of a namespace, the dead among them, and when this was so, in milliseconds. */
  readonly entries: (
    namespace: string
  ) => Effect.Effect<{ readonly at: number; readonly entries: ReadonlyArray<StoredInstance> }, RegistryFailure>
}

/** How a registry works. */
export interface RegistryOptions {
  /** So long after it was heard of last, a program counts as alive: 1 s to 1 h. Default: 15 s. It is heard of three times as often. */
  readonly timeToLive?: Duration.Input
}

/** The register of services. */
export class ServiceRegistry extends Context.Service<
  ServiceRegistry,
  {
    /** So long after it was heard of last, a program counts as alive. */
    readonly timeToLive: Duration.Duration
    /** The programs that serve a context and are alive, by instance. Default namespace: `eventfold`. */
    find(
      service: string,
      namespace?: string
    ): Effect.Effect<Array.NonEmptyReadonlyArray<RegisteredInstance>, ContextNotRegistered | RegistryFailure>
    /** Everything in a namespace that is alive, by service and instance. */
    list(namespace?: string): Effect.Effect<ReadonlyArray<RegisteredInstance>, RegistryFailure>
    /**
     * Registers a program until the scope closes; then it is gone at once. A registry that fails later is asked again at
     * every beat, and the log tells.
     */
    register(instance: ServiceInstance): Effect.Effect<void, ServicesNotValid | RegistryFailure, Scope.Scope>
  }
>()("@eventfold/messaging/ServiceRegistry") {
  /**
   * Builds the service from what a layer implements.
   *
   * @throws RangeError when the time to live is out of its range: a mistake of the program, found at start.
   */
  static make(driver: RegistryDriver, { timeToLive = "15 seconds" }: RegistryOptions = {}): ServiceRegistry["Service"] {
    const life = Duration.fromInputUnsafe(timeToLive)
    const millis = Duration.toMillis(life)
    if (!(millis >= 1000 && millis <= 3_600_000)) {
      throw new RangeError(`a service registry has a time to live of 1 s to 1 h: ${millis} ms`)
    }
    const alive = Effect.fnUntraced(function* (namespace: string) {
      const { at, entries } = yield* driver.entries(namespace)
      return entries
        .filter(({ until }) => until > at)
        .map(({ heardAt, instance }) => ({ ...instance, heardAt: DateTime.makeUnsafe(heardAt) }))
        .toSorted((one, other) => compareText(one.service, other.service) || compareText(one.instance, other.instance))
    })
    const beat = (instance: ServiceInstance) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => driver.put({ instance, heardAt: now, until: now + millis }))

    return {
      timeToLive: life,
      list: (namespace = defaultNamespace) => alive(namespace),
      find: Effect.fnUntraced(function* (service, namespace = defaultNamespace) {
        const all = yield* alive(namespace)
        const found = all.filter((instance) => instance.service === service)
        if (Array.isReadonlyArrayNonEmpty(found)) return found
        const known = Array.dedupe(all.map((instance) => instance.service))
        return yield* new ContextNotRegistered({ namespace, context: service, known })
      }),
      register: Effect.fnUntraced(function* (given) {
        const instance = yield* check(given)
        yield* Effect.acquireRelease(beat(instance), () =>
          // Whoever ends does not wait for a registry that is away: the time to live does the same.
          driver.remove(instance).pipe(Effect.timeoutOption("2 seconds"), Effect.ignore)
        )
        const beats = Effect.catch(beat(instance), (failure) =>
          Effect.logWarning(`${instance.service} could not tell that it is alive`, failure)
        )
        yield* Effect.forkScoped(Effect.repeat(Effect.delay(beats, millis / 3), Schedule.forever))
      })
    }
  }
}
