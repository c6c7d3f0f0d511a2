/**
 * The register of services on NATS: programs that serve contexts find one another, with nothing configured but the address of
 * NATS. What is known of each program is the last message of a subject of its own, in one stream.
 *
 * While NATS is away what was known last is believed, for a time: a program that was alive then is still found, and whether it
 * answers its callers find out. When NATS is back, programs have half a life to be heard of again before they count as dead.
 *
 * Gotcha: what is found may be a second old, unless this program has registered something meanwhile.
 */
import {
  RegistryFailure,
  type RegistryDriver,
  type RegistryOptions,
  ServiceInstance,
  ServiceRegistry,
  type StoredInstance
} from "@eventfold/messaging"
import { DiscardPolicy, JetStreamApiError, RetentionPolicy, StorageType } from "@nats-io/jetstream"
import { Clock, Duration, Effect, Layer, Option, Schema } from "effect"
import { type Connected, NatsConnection } from "./NatsConnection.ts"

/** How the register is kept. */
export interface NatsRegistryOptions extends RegistryOptions {
  /** The name of the stream: letters, digits, `-` and `_`. Default: `eventfold-services`. */
  readonly stream?: string
  /** What is read from NATS counts as known for so long. Default: 1 s. */
  readonly refresh?: Duration.Input
  /** While NATS is away, what was known is believed for so long. Default: 10 minutes. */
  readonly believe?: Duration.Input
}

const Stored = Schema.fromJsonString(
  Schema.Struct({ instance: ServiceInstance, heardAt: Schema.Finite, until: Schema.Finite })
)
const encode = Schema.encodeSync(Stored)
const decode = Schema.decodeUnknownOption(Stored)

/** The register on NATS. The stream is made when it is first needed. */
export const layer = (options: NatsRegistryOptions = {}): Layer.Layer<ServiceRegistry, never, NatsConnection> =>
  Layer.effect(
    ServiceRegistry,
    Effect.map(NatsConnection, (connection) => ServiceRegistry.make(driver(connection, options), options))
  )

/** What was read of a namespace. */
interface Known {
  readonly readAt: number
  /** Whether this program has changed something since. */
  readonly changed: boolean
  readonly entries: ReadonlyArray<StoredInstance>
}

const driver = (
  connection: NatsConnection["Service"],
  {
    believe = "10 minutes",
    refresh = "1 second",
    stream = "eventfold-services",
    timeToLive = "15 seconds"
  }: NatsRegistryOptions
): RegistryDriver => {
  const [fresh, believed] = [millisOf(refresh), millisOf(believe)]
  const life = millisOf(timeToLive)
  const known = new Map<string, Known>()
  /** When NATS was lost, and when it came back; times before which nobody can have been heard of. */
  let outage: { readonly since: number; back: number | undefined } | undefined
  let isMade = false

  const subjectOf = ({ instance, namespace, service }: Pick<ServiceInstance, "namespace" | "service" | "instance">) =>
    `${stream}.${namespace}.${service}.${instance}`

  const call = <A>(operation: string, work: (connected: Connected) => Promise<A>): Effect.Effect<A, RegistryFailure> =>
    Effect.mapError(
      connection.call(operation, async (connected) => {
        if (!isMade) await makeStream(connected, stream)
        isMade = true
        return work(connected)
      }),
      (cause) => {
        // Somebody may have removed the stream: then it is made anew.
        isMade = false
        return new RegistryFailure({ operation, retryable: cause.retryable, cause })
      }
    )

  const read = (namespace: string) =>
    call("entries", async ({ manager }) => {
      const { state } = await manager.streams.info(stream, { subjects_filter: `${stream}.${namespace}.>` })
      const subjects = Object.keys(state.subjects ?? {})
      const texts = await Promise.all(subjects.map((subject) => lastOf(manager, stream, subject)))
      return texts.flatMap((text) => Option.toArray(decode(text)))
    })

  const changed = (
    { namespace }: Pick<ServiceInstance, "namespace">,
    become: (entries: ReadonlyArray<StoredInstance>) => ReadonlyArray<StoredInstance>
  ) => {
    const last = known.get(namespace)
    if (last !== undefined) known.set(namespace, { ...last, changed: true, entries: become(last.entries) })
  }

  /** What was known when NATS was reached last, if that is not too long ago. */
  const remembered = (namespace: string, now: number, failure: RegistryFailure) => {
    const last = known.get(namespace)
    if (last === undefined || now - last.readAt > believed) return Effect.fail(failure)
    outage = { since: outage?.since ?? last.readAt, back: undefined }
    return Effect.succeed({ at: outage.since, entries: last.entries })
  }

  return {
    put: (entry) =>
      Effect.andThen(
        call("put", ({ stream: js }) => js.publish(subjectOf(entry.instance), encode(entry))),
        Effect.sync(() => changed(entry.instance, (entries) => entries))
      ),
    remove: (instance) =>
      Effect.andThen(
        call("remove", ({ manager }) => manager.streams.purge(stream, { filter: subjectOf(instance) })),
        Effect.sync(() => changed(instance, (entries) => entries.filter((entry) => !isOf(instance, entry))))
      ),
    entries: Effect.fnUntraced(function* (namespace) {
      const now = yield* Clock.currentTimeMillis
      const last = known.get(namespace)
      if (outage === undefined && last !== undefined && !last.changed && Math.abs(now - last.readAt) < fresh) {
        return { at: now, entries: last.entries }
      }
      return yield* read(namespace).pipe(
        Effect.map((found) => {
          const keep = (entries: ReadonlyArray<StoredInstance>) => {
            known.set(namespace, { readAt: now, changed: false, entries })
            return entries
          }
          if (outage === undefined) return { at: now, entries: keep(found) }
          outage.back ??= now
          // Nobody could be heard of while NATS was away, and it may have come back without what it had.
          if (now - outage.back < life / 2) return { at: outage.since, entries: keep(together(last, found)) }
          outage = undefined
          return { at: now, entries: keep(found) }
        }),
        Effect.catch((failure) => remembered(namespace, now, failure))
      )
    })
  }
}

const isOf = (
  { instance, service }: Pick<ServiceInstance, "service" | "instance">,
  { instance: other }: StoredInstance
): boolean => other.service === service && other.instance === instance

/** What was found, and what was known beside that. */
const together = (last: Known | undefined, found: ReadonlyArray<StoredInstance>): ReadonlyArray<StoredInstance> => [
  ...found,
  ...(last?.entries ?? []).filter((entry) => !found.some((one) => isOf(entry.instance, one)))
]

const millisOf = (duration: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(duration))

/** The last message of a subject; none when it was removed meanwhile. */
const lastOf = async (
  { streams }: Connected["manager"],
  stream: string,
  subject: string
): Promise<string | undefined> => {
  try {
    return (await streams.getMessage(stream, { last_by_subj: subject }))?.string()
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === noMessage) return undefined
    throw error
  }
}

/** What NATS says of a message that is not there. */
const noMessage = 10_037

const hour = 3_600_000_000_000

/** Makes the stream, unless it is there. What nobody has heard of for two hours is forgotten by NATS itself. */
const makeStream = async ({ manager }: Connected, name: string) => {
  await manager.streams.add({
    name,
    subjects: [`${name}.>`],
    max_msgs_per_subject: 1,
    max_age: 2 * hour,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old
  })
}
