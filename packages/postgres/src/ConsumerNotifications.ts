/**
 * Carries what `ConsumerProgress` tells from process to process over `LISTEN` and `NOTIFY`, so that caches of rows, and
 * readers that wait, hear at once what another process has projected.
 *
 * Guarantees: nothing depends on it. What it tells was committed; news that are lost, or too long to be sent, are made up
 * for by the next look at the checkpoints. A notification is sent from a transaction of its own that does not wait for the
 * disk, at most once in 20 ms, with all the news since. What comes from another process is not sent on.
 *
 * Gotchas: those of `CommitNotifications`: a connection besides those of the pool, and no pooler in between. The names of
 * tenants and the keys of rows are sent over the database's own connections.
 */
import { PgClient } from "@effect/sql-pg"
import { type ConsumerChange, ConsumerProgress } from "@eventfold/subscriptions"
import { type Config, Effect, Layer, Option, PubSub, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { isOn } from "./CommitNotifications.ts"
import type { DatabaseInfo } from "./DatabaseInfo.ts"
import * as ListeningConnection from "./ListeningConnection.ts"

/** The channel on which processes tell each other how far consumers have come. */
export const channel = "eventfold_consumers"

/** Between two notifications of one process, however often it projects. */
const spacing = "20 millis"

/** The longest content of a notification, in bytes: the server takes 8,000. */
const longest = 7800

const Change = Schema.Struct({
  consumer: Schema.String,
  slice: Schema.Int,
  title: Schema.String,
  from: Schema.Int,
  position: Schema.Int,
  changed: Schema.Array(Schema.String)
})
const Content = Schema.fromJsonString(Schema.Struct({ by: Schema.String, change: Change }))
const read = Schema.decodeUnknownOption(Content)

/** The name of the listening connection, as the server shows it. */
export const applicationName = "eventfold consumers"

/** Tells other processes what this one has projected, and this one what they have. */
export const layer: Layer.Layer<never, never, PgClient.PgClient | ConsumerProgress> = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const progress = yield* ConsumerProgress
    const self = SecureRandom.uuidV4Unsafe()
    /** What came from others: it is told here, and not sent on. */
    const relayed = new WeakSet<ConsumerChange>()

    const hear = Effect.fnUntraced(function* (text: string) {
      const content = read(text)
      if (Option.isNone(content) || content.value.by === self) return
      const { change } = content.value
      relayed.add(change)
      yield* progress.tell(change)
    })
    yield* ListeningConnection.make(sql, {
      channel,
      applicationName,
      what: "what other processes project",
      // What is missed is seen at the next look.
      begun: Effect.void,
      heard: (contents) => Effect.forEach(contents, hear, { discard: true })
    })

    const changes = yield* PubSub.subscribe(progress.changes)
    const tell = Effect.gen(function* () {
      const news = yield* PubSub.takeAll(changes)
      const contents = news
        .filter((change) => !relayed.has(change))
        .map((change) => JSON.stringify({ by: self, change }))
        .filter((content) => new TextEncoder().encode(content).length <= longest)
      if (contents.length > 0) {
        yield* Effect.ignore(sql`
          select set_config('synchronous_commit', 'off', true), pg_notify(${channel}, content)
          from jsonb_array_elements_text(${JSON.stringify(contents)}::jsonb) as content`)
      }
      yield* Effect.sleep(spacing)
    })
    yield* Effect.forkScoped(Effect.forever(tell))
  })
)

/** The same when the database is a server and `LOG_NOTIFY` is not `off`; else nothing. */
export const layerFromEnvironment: Layer.Layer<
  never,
  Config.ConfigError,
  PgClient.PgClient | ConsumerProgress | DatabaseInfo
> = Layer.unwrap(Effect.map(isOn, (on) => (on ? layer : Layer.empty)))
