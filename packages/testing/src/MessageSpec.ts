/**
 * What a mapping from events to messages says, as those who receive it have it: `said(language, messagesOf(event))`, or
 * `told(CardMessages, events)` where some of the events mean nothing to others.
 *
 * Each message goes through JSON, is found in the language by its type, is read back, and is said again: what does not come
 * out as it went in fails the test. Works in any test framework.
 */
import { PublishedMessage } from "@eventfold/decider"
import { Equal, Result, Schema } from "effect"
import { fail } from "./AssertionError.ts"
import { print } from "./ReadableValue.ts"

/** A message as it is received. */
export interface Said {
  readonly type: string
  /** By what it is in order with others; absent when that is the stream of its event. */
  readonly key?: string
  /** What it says, as JSON. */
  readonly data: unknown
}

/** What is received of what was said. Fails the test when something is not in the language, or not understood. */
export const said = (
  language: PublishedMessage.PublishedLanguage,
  outgoing: ReadonlyArray<PublishedMessage.Outgoing>
): ReadonlyArray<Said> =>
  outgoing.map(({ data, key, message }) => {
    const { type } = message
    const accepted = orFail(data, `${type} says what its own schema does not accept`)
    const json: unknown = JSON.parse(JSON.stringify(accepted))
    const known = orFail(PublishedMessage.find(language, type), `${type} is not in the language`)
    const content = orFail(PublishedMessage.read(known, json), `${type} is not understood`)
    const again = orFail(PublishedMessage.say(known, content).data, `${type} cannot be said again`)
    if (!Equal.equals(JSON.parse(JSON.stringify(again)), json)) {
      return fail(`${type} is not read as it was said\n  said ${print(json)}\n  read ${print(again)}`, said)
    }
    return { type, ...(key === undefined ? {} : { key }), data: json }
  })

/** How a context says in messages what its events mean. */
export interface Mapping<Event> {
  readonly language: PublishedMessage.PublishedLanguage
  /** The schema of the events that mean something to others. */
  readonly events: Schema.Codec<Event, unknown>
  readonly messagesOf: (event: Event) => ReadonlyArray<PublishedMessage.Outgoing>
}

/** What is received of what happened, as {@link said} has it; what means nothing to others is left out. */
export const told = <Event>({ events, language, messagesOf }: Mapping<Event>, happened: ReadonlyArray<unknown>) =>
  said(language, happened.filter(Schema.is(events)).flatMap(messagesOf))

const orFail = <A, E>(result: Result.Result<A, E>, what: string): A =>
  Result.getOrElse(result, (error) => fail(`${what}: ${String(error)}`, said))
