/** What the command bus and the query bus share: finding the handler of a message, and its content to and from JSON. */
import type { Message } from "@eventfold/decider"
import { Effect, Schema, SchemaIssue } from "effect"
import { MalformedMessage, UnknownMessage } from "./MessageErrors.ts"

/** Finds a handler by the name of its message. */
export interface MessageHandlers<H> {
  readonly find: (name: string) => Effect.Effect<H, UnknownMessage>
}

/**
 * Collects handlers under the names of their messages.
 *
 * @throws Error when two handle the same message: a mistake of the program, found at start.
 */
export const collect = <H extends { readonly name: string }>(handlers: ReadonlyArray<H>): MessageHandlers<H> => {
  const byName = new Map<string, H>()
  for (const handler of handlers) {
    if (byName.has(handler.name)) throw new Error(`Two handlers for ${handler.name}`)
    byName.set(handler.name, handler)
  }
  return {
    find: (name) => {
      const handler = byName.get(name)
      return handler === undefined
        ? Effect.fail(new UnknownMessage({ name, known: Array.from(byName.keys()) }))
        : Effect.succeed(handler)
    }
  }
}

/** Between the content of a message and JSON; errors name every wrong field. */
export interface PayloadCodec<P> {
  readonly encode: (payload: P) => Effect.Effect<Schema.Json, MalformedMessage>
  readonly decode: (json: unknown) => Effect.Effect<P, MalformedMessage>
}

/** The codec of the content of a message. */
export const payloadCodec = <P extends { readonly _tag: string }>(
  message: Message.Message<"command" | "query", string, P, unknown, unknown>
): PayloadCodec<P> => {
  const codec = Schema.toCodecJson(message.Payload)
  const [encode, decode] = [Schema.encodeEffect(codec), Schema.decodeUnknownEffect(codec)]
  return {
    encode: (payload) => Effect.mapError(encode(payload, allErrors), malformed(message.name)),
    decode: (json) => Effect.mapError(decode(json, allErrors), malformed(message.name))
  }
}

/** A bad message is told all that is wrong with it at once. */
export const allErrors = { errors: "all" } as const

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Turns what a schema found into an error that names every wrong field. */
export const malformed = (name: string) => (error: Schema.SchemaError) =>
  new MalformedMessage({
    name,
    problems: format(error.issue).issues.map((issue) => ({
      field:
        (issue.path ?? []).map((key) => String(typeof key === "object" ? key.key : key)).join(".") || "(all of it)",
      rule: issue.message
    }))
  })
