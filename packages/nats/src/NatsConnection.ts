/**
 * A connection to NATS that may be missing: a program starts without it, and it is made anew whenever it is lost.
 *
 * Guarantees: a call is refused at once while there is no connection, and never waits in a queue for one; every call has a
 * time limit; a connection whose other end says nothing is given up and replaced. Whoever has called and got no answer does
 * not know whether the call took effect.
 */
import { BrokerFailure } from "@eventfold/messaging"
import { jetstream, JetStreamApiError, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream"
import { connect, type ConnectionOptions, type NatsConnection as Client } from "@nats-io/transport-node"
import { Context, Effect, Layer, Latch, Redacted, Result, Schedule } from "effect"
import { addressesOf, type NatsAddresses } from "./NatsAddresses.ts"

/** Where NATS is, and how long to wait for it. */
export interface NatsOptions {
  /** One address or several of one cluster, with commas between: `nats://` or `tls://`, with user and password if need be. */
  readonly url: string | Redacted.Redacted
  /** What servers show of this client. Default: `eventfold`. */
  readonly name?: string
  /** How long making a connection may take, in milliseconds. Default: 2,000. */
  readonly connectTimeout?: number
  /** How long one call may take, in milliseconds. Default: 5,000. */
  readonly callTimeout?: number
  /** A connection that brings no answer for so long is given up, in milliseconds. Default: 6,000. */
  readonly silence?: number
}

/** What there is while there is a connection. */
export interface Connected {
  readonly client: Client
  readonly stream: JetStreamClient
  readonly manager: JetStreamManager
}

/** Who hears what is published to a subject, which may stand for several. */
export interface Listener {
  readonly subject: string
  /** Run whenever there is a connection again: something may not have been heard. */
  readonly begun: Effect.Effect<void>
  readonly heard: (subject: string, data: Uint8Array) => Effect.Effect<void>
}

/** A connection to NATS that may be missing. */
export class NatsConnection extends Context.Service<
  NatsConnection,
  {
    /** Calls NATS; `operation` is named in the failure. */
    readonly call: <A>(operation: string, what: (connected: Connected) => Promise<A>) => Effect.Effect<A, BrokerFailure>
    /** Whether there is a connection now. */
    readonly isConnected: Effect.Effect<boolean>
    /**
     * Run whenever there is a connection, before any call is let through: what was known of the server may not be so any more. It
     * must not call NATS.
     */
    readonly renew: (what: Effect.Effect<void>) => Effect.Effect<void>
    /** Hears what is published to a subject, for as long as the connection is wanted; nothing while there is none. */
    readonly hear: (listener: Listener) => Effect.Effect<void>
  }
>()("@eventfold/nats/NatsConnection") {}

/** Connects in the background. The first attempt is over, either way, when this is built. */
export const layer = (options: NatsOptions): Layer.Layer<NatsConnection> =>
  Layer.effect(
    NatsConnection,
    Effect.gen(function* () {
      const { callTimeout = 5000, connectTimeout = 2000, name = "eventfold", silence = 6000 } = options
      const addresses = addressesOf(typeof options.url === "string" ? options.url : Redacted.value(options.url))
      let connected: Connected | undefined
      let up = false
      const listeners: Array<Listener> = []
      const renewals: Array<Effect.Effect<void>> = []
      const listen = ({ client }: Connected, { heard, subject }: Listener) => {
        client.subscribe(subject, {
          callback: (error, message) => {
            if (error === null) Effect.runFork(heard(message.subject, message.data))
          }
        })
      }
      const begin = Effect.suspend(() =>
        Effect.forEach([...renewals, ...listeners.map(({ begun }) => begun)], (one) => one, { discard: true })
      )
      const first = Latch.makeUnsafe(false)
      let missing = false
      const say = (is: boolean) =>
        is === missing
          ? Effect.void
          : Effect.andThen(
              Effect.sync(() => (missing = is)),
              is
                ? Effect.logWarning("NATS cannot be reached; it is tried again")
                : Effect.logInfo("NATS is reached again")
            )
      /** Lives as long as the client does, which connects again by itself. */
      const living = Effect.acquireUseRelease(
        Effect.tryPromise(() => connect(clientOptions(addresses, { name, connectTimeout, silence }))),
        (client) =>
          Effect.gen(function* () {
            const stream = jetstream(client, { timeout: callTimeout })
            const manager = yield* Effect.tryPromise(() => stream.jetstreamManager(false))
            const now: Connected = { client, stream, manager }
            for (const listener of listeners) listen(now, listener)
            yield* begin
            connected = now
            up = true
            yield* first.open
            yield* say(false)
            const statuses = client.status()[Symbol.asyncIterator]()
            for (;;) {
              const status = yield* Effect.tryPromise(() => statuses.next())
              if (status.done === true || status.value.type === "close") return
              const { type } = status.value
              if (type !== "disconnect" && type !== "reconnect") continue
              if (type === "reconnect") yield* begin
              up = type === "reconnect"
              yield* say(!up)
            }
          }),
        (client) =>
          Effect.suspend(() => {
            connected = undefined
            up = false
            // Closing tells nobody to wait: what is under way fails, and has a time limit besides.
            return Effect.ignore(
              Effect.timeout(
                Effect.tryPromise(() => client.close()),
                "2 seconds"
              )
            )
          })
      )
      yield* living.pipe(
        Effect.catch(() => say(true)),
        Effect.ensuring(first.open),
        Effect.repeat(Schedule.jittered(Schedule.spaced("1 second"))),
        Effect.forkScoped
      )
      yield* first.await

      return {
        call: (operation, what) =>
          Effect.suspend(() => {
            const now = connected
            return now === undefined || !up
              ? Effect.fail(failure(operation)(new Error("there is no connection to NATS")))
              : Effect.tryPromise({ try: () => what(now), catch: failure(operation) })
          }),
        isConnected: Effect.sync(() => connected !== undefined && up),
        renew: (what) => Effect.sync(() => void renewals.push(what)),
        hear: (listener) =>
          Effect.sync(() => {
            listeners.push(listener)
            if (connected !== undefined) listen(connected, listener)
          })
      }
    })
  )

/** What the client is told: it connects again without end, and finds out within `silence` that nobody answers. */
const clientOptions = (
  { pass, servers, tls, user }: NatsAddresses,
  {
    connectTimeout,
    name,
    silence
  }: { readonly name: string; readonly connectTimeout: number; readonly silence: number }
): ConnectionOptions & { tls?: object } => ({
  servers: Array.from(servers),
  name,
  timeout: connectTimeout,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  pingInterval: Math.max(50, Math.trunc(silence / 3)),
  maxPingOut: 2,
  noAsyncTraces: true,
  ...(user === undefined ? {} : { user, pass: pass ?? "" }),
  ...(tls ? { tls: {} } : {})
})

/** Whether this is an address `layer` can use. */
export const isAddress = (text: string): boolean => Result.isSuccess(Result.try(() => addressesOf(text)))

/** A failure as the port tells it: only what the server has refused for its content is not worth trying again. */
export const failure =
  (operation: string) =>
  (cause: unknown): BrokerFailure => {
    const status = cause instanceof JetStreamApiError ? cause.status : 503
    return new BrokerFailure({
      operation: `MessageBroker.${operation}`,
      retryable: status >= 500 || status === 404 || status === 408,
      detail: cause instanceof Error ? cause.message : String(cause),
      cause
    })
  }
