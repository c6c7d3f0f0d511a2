/**
 * A consistency token: says how far a reader must be to see what a command has done, as opaque text for clients.
 *
 * It names the tenant, the position of the last event the command stored, and the streams it stored events in, if they
 * are few. A command that was repeated, or had nothing to store, is answered with the present end of the log: whatever it
 * relies on lies at or below it.
 *
 * Gotchas: the check in the text finds mistakes and truncation; it is no signature. Whoever makes up a token only makes
 * himself wait. Positions belong to one log: where there are several, give each a name, so that a token of another one is
 * refused and nobody waits for a position that means nothing.
 */
import { Effect, Result, Schema } from "effect"
import { Base64Url } from "effect/encoding"
import { AppendedStreams, Current, maxStreams } from "./AppendedStreams.ts"
import { EventStore } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import * as StreamId from "./StreamId.ts"

/** What a reader must have seen. */
export interface ConsistencyToken {
  readonly tenant: string
  /** A reader that has dealt with everything up to here has seen what the command did. */
  readonly position: number
  /** The streams, of this tenant, that the command stored events in; none when it stored nothing, or in too many. */
  readonly streams: ReadonlyArray<StreamId.StreamId>
  /** The name of the log the position is of, where there are several. */
  readonly log?: string | undefined
}

/** A text that cannot be used as a consistency token here. */
export class ConsistencyTokenRefused extends Schema.TaggedError<ConsistencyTokenRefused>()("ConsistencyTokenRefused", {
  field: Schema.Literal("consistencyToken"),
  rule: Schema.Literals(["a-token", "of-a-known-version", "of-this-tenant", "of-this-log"])
}) {
  override get message() {
    return `consistencyToken: must be ${words[this.rule]}`
  }
}

const words = {
  "a-token": "a consistency token, as a command has answered it",
  "of-a-known-version": "a consistency token of a version this program knows",
  "of-this-tenant": "a consistency token of the same tenant",
  "of-this-log": "a consistency token of the service that answers: what another one has stored is not known here"
} as const

/** The version of the text form; it is the first character of it before it is made base64url. */
const version = "1"

/** The longest text that is looked at, in characters. */
export const maxLength = 8192

const Body = Schema.fromJsonString(
  Schema.Tuple([
    StreamId.Tenant,
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    Schema.Array(Schema.Tuple([StreamId.Category, StreamId.StreamId.fields.id])).check(Schema.isMaxLength(maxStreams)),
    Schema.optionalKey(Schema.String.check(Schema.isMaxLength(63)))
  ])
)

const readBody = Schema.decodeUnknownResult(Body)

/** The text of a token. */
export const encode = ({ log, position, streams, tenant }: ConsistencyToken): string => {
  const named = streams.length > maxStreams ? [] : streams
  const places = named.map(({ category, id }) => [category, id])
  const body = JSON.stringify([tenant, position, places, ...(log === undefined ? [] : [log])])
  return Base64Url.encode(`${version}${checkOf(body)}${body}`)
}

/** The token a text stands for, when it is one, and one of this tenant and log. A log without a name has tokens without one. */
export const decode = (
  tenant: string,
  text: string,
  log?: string
): Result.Result<ConsistencyToken, ConsistencyTokenRefused> => {
  const plain = text.length > maxLength ? undefined : Result.getOrUndefined(Base64Url.decodeString(text))
  if (plain === undefined || !/^[0-9a-z]{9}\[/u.test(plain)) return refuse("a-token")
  const body = plain.slice(9)
  if (plain.slice(1, 9) !== checkOf(body)) return refuse("a-token")
  if (!plain.startsWith(version)) return refuse("of-a-known-version")
  const read = readBody(body)
  if (Result.isFailure(read)) return refuse("a-token")
  const [of, position, streams, from] = read.success
  if (of !== tenant) return refuse("of-this-tenant")
  if (from !== log) return refuse("of-this-log")
  const named = streams.map(([category, id]) => ({ tenant, category, id }))
  return Result.succeed({ tenant, position, streams: named, ...(log === undefined ? {} : { log }) })
}

const refuse = (rule: ConsistencyTokenRefused["rule"]) =>
  Result.fail(new ConsistencyTokenRefused({ field: "consistencyToken", rule }))

/** 32 bits of FNV-1a over UTF-16 units, in eight digits. */
const checkOf = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, "0")
}

/**
 * Runs the effect of a command of a tenant, and answers what it answers together with the token of what it has stored.
 *
 * When it has stored nothing the store is asked where the log ends. If the store does not answer that, this fails though
 * the command has succeeded: repeated with its id, it is answered the same and stores nothing twice.
 */
export const collect = Effect.fnUntraced(function* <A, E, R>(tenant: string, command: Effect.Effect<A, E, R>) {
  const noted = new AppendedStreams(yield* Current)
  const answer = yield* Effect.provideService(command, Current, noted)
  return [answer, yield* tokenOf(tenant, noted)] as const
})

const tokenOf = (
  tenant: string,
  { position, streams }: AppendedStreams
): Effect.Effect<ConsistencyToken, EventStoreFailure, EventStore> => {
  if (position === undefined) {
    return Effect.map(
      Effect.flatMap(EventStore, ({ end }) => end),
      (end) => ({ tenant, position: end, streams: [] })
    )
  }
  const own = Array.from(streams.values()).filter((stream) => stream.tenant === tenant)
  return Effect.succeed({ tenant, position, streams: streams.size > maxStreams ? [] : own })
}
