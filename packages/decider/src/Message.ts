/**
 * Commands and queries as values: a name, and the schemas of the payload, of the answer and of the refusals.
 *
 * They are typed both ways: who sends one knows what can come back, and who handles one must answer just that. A bus in
 * this process or in another carries them; neither side sees which.
 */
import { Schema } from "effect"

/** A message with a typed answer and typed refusals. Its `name` is `context.Tag`, unique in the whole system. */
export interface Message<
  Kind extends "command" | "query",
  Name extends string,
  Payload extends { readonly _tag: string },
  Answer,
  Refusal
> {
  readonly kind: Kind
  readonly name: Name
  readonly Payload: Schema.Codec<Payload, unknown>
  readonly Answer: Schema.Codec<Answer, unknown>
  readonly Refusal: Schema.Codec<Refusal, unknown>
}

/** A command: it asks for something to happen and may be refused. */
export type Command<Name extends string, Payload extends { readonly _tag: string }, Answer, Refusal> = Message<
  "command",
  Name,
  Payload,
  Answer,
  Refusal
>

/** A query: it asks for something to be told and changes nothing. */
export type Query<Name extends string, Payload extends { readonly _tag: string }, Answer, Refusal> = Message<
  "query",
  Name,
  Payload,
  Answer,
  Refusal
>

/** Any command. */
export type AnyCommand = Message<"command", string, any, any, any>
/** Any query. */
export type AnyQuery = Message<"query", string, any, any, any>
/** The payload type of a message. */
export type Payload<M> = M extends Message<any, any, infer P, any, any> ? P : never
/** The answer type of a message. */
export type Answer<M> = M extends Message<any, any, any, infer A, any> ? A : never
/** The refusal type of a message. */
export type Refusal<M> = M extends Message<any, any, any, any, infer R> ? R : never

/** What is needed to declare a message. A message that is never refused leaves `refusal` out. */
export interface Declaration<
  Context extends string,
  Payload extends { readonly _tag: string },
  Tag extends string,
  Answer,
  Refusal
> {
  /** The bounded context that handles it, for example `ordering`. */
  readonly context: Context
  /** A struct tagged with the message's own name. */
  readonly payload: Schema.Codec<Payload, unknown> & {
    readonly fields: { readonly _tag: { readonly schema: { readonly literal: Tag } } }
  }
  readonly answer: Schema.Codec<Answer, unknown>
  readonly refusal?: Schema.Codec<Refusal, unknown>
}

const declare =
  <Kind extends "command" | "query">(kind: Kind) =>
  <
    const Context extends string,
    Payload extends { readonly _tag: string },
    const Tag extends string,
    Answer,
    Refusal = never
  >(
    declaration: Declaration<Context, Payload, Tag, Answer, Refusal>
  ): Message<Kind, `${Context}.${Tag}`, Payload, Answer, Refusal> => {
    const tag = declaration.payload.fields._tag.schema.literal
    return {
      kind,
      name: `${declaration.context}.${tag}`,
      Payload: declaration.payload,
      Answer: declaration.answer,
      // Without a declared refusal `Refusal` is never, and `Schema.Never` is its only schema.
      Refusal: declaration.refusal ?? Schema.Never
    }
  }

/** Declares a command. */
export const command = declare("command")
/** Declares a query. */
export const query = declare("query")
