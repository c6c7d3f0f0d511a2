/**
 * What is kept of an error in a dead letter.
 *
 * Letters stay when a person is forgotten. So what an error says is kept only where the event has no room for personal
 * values; of all others the name and the places in the program are kept, which quote nothing.
 */
import { Projection } from "@eventfold/decider"
import { Predicate } from "effect"
import type { LetterFailure } from "./DeadLetters.ts"

const longestMessage = 2000
const mostFrames = 20
const longestFrame = 300

/** What is kept of an error. `quotable` says whether its message can be. */
export const letterFailure = (error: unknown, kind: LetterFailure["kind"], quotable: boolean): LetterFailure => {
  const cause = error instanceof Projection.ProjectionFailed ? error.cause : error
  return { kind, name: nameOf(cause), message: quotable ? messageOf(cause) : notKept, stack: framesOf(cause) }
}

const notKept = "What the error says is not kept: the event has room for personal values."

const nameOf = (error: unknown): string => {
  if (Predicate.hasProperty(error, "_tag") && Predicate.isString(error._tag)) return error._tag
  return error instanceof Error ? error.name : "Error"
}

/** With what the causes of the error say, as far as they say more. */
const messageOf = (error: unknown): string => {
  const messages: Array<string> = []
  let one: unknown = error
  // A chain of causes can lead back to where it began.
  while (one !== undefined && messages.length < 5) {
    const message = one instanceof Error ? one.message : Predicate.isString(one) ? one : textOf(one)
    if (!messages.some((before) => before.includes(message))) messages.push(message)
    one = one instanceof Error ? one.cause : undefined
  }
  return messages.join(": ").slice(0, longestMessage)
}

const textOf = (value: unknown): string =>
  Predicate.hasProperty(value, "message") && Predicate.isString(value.message) ? value.message : String(value)

/** The lines of a stack that name places: what stands before them is the message. */
const framesOf = (error: unknown): string =>
  error instanceof Error
    ? (error.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /u.test(line))
        .slice(0, mostFrames)
        .map((line) => line.trim().slice(0, longestFrame))
        .join("\n")
    : ""
