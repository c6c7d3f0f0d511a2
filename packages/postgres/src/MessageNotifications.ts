/**
 * Carries the rings of `MessageSignal` from process to process over `LISTEN` and `NOTIFY`, so that who receives messages in one
 * need not wait for its next look to see what another has published.
 *
 * Guarantees: nothing depends on it. It names topics and nothing else; a notification that is lost costs a receiver the wait
 * until its next look. `NOTIFY` takes a lock that all databases of a server share, at commit, so it is never sent from a
 * transaction that publishes, but afterwards from one of its own that does not wait for the disk, at most once in 20 ms, for
 * all topics since. What comes from another process is not sent on. A connection that is lost is made anew.
 *
 * Gotchas: those of `CommitNotifications`: a connection besides those of the pool, and no pooler in between. What an
 * acknowledgement lets through is not told: who has acknowledged receives it.
 */
import { PgClient } from "@effect/sql-pg"
import { MessageSignal } from "@eventfold/messaging"
import { type Config, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { isOn } from "./CommitNotifications.ts"
import type { DatabaseInfo } from "./DatabaseInfo.ts"
import * as ListeningConnection from "./ListeningConnection.ts"

/** The channel on which processes tell each other of which topics there are messages. */
export const channel = "eventfold_messages"

/** Between two notifications of one process, however often it publishes. */
const spacing = "20 millis"

/** The most topics of one notification: the server takes 8,000 bytes, and a topic has up to 64. */
const mostTopics = 100

/** The name of the listening connection, as the server shows it. */
export const applicationName = "eventfold messages"

/** Tells other processes of what this one publishes, and this one of theirs. Listens once it is built, if it can. */
export const layer: Layer.Layer<never, never, PgClient.PgClient | MessageSignal> = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const signal = yield* MessageSignal
    const self = SecureRandom.uuidV4Unsafe()
    const own = yield* signal.own
    const hear = (content: string) => {
      // No topic has a space in its name.
      const [by, ...topics] = content.split(" ")
      return by === self ? Effect.void : Effect.forEach(topics, signal.relay, { discard: true })
    }
    yield* ListeningConnection.make(sql, {
      channel,
      applicationName,
      what: "what other processes publish",
      // For what was published while nobody listened.
      begun: signal.relayAll,
      heard: (contents) => Effect.forEach(contents, hear, { discard: true })
    })
    const tell = Effect.gen(function* () {
      const topics = yield* own
      for (let first = 0; first < topics.length; first += mostTopics) {
        const content = [self, ...topics.slice(first, first + mostTopics)].join(" ")
        // Nothing is lost with it but time, so its commit need not wait for the disk.
        yield* Effect.ignore(
          sql`select set_config('synchronous_commit', 'off', true), pg_notify(${channel}, ${content})`
        )
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
  PgClient.PgClient | MessageSignal | DatabaseInfo
> = Layer.unwrap(Effect.map(isOn, (on) => (on ? layer : Layer.empty)))
