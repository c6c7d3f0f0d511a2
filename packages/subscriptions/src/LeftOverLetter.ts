/** The dead letter of an event that was left over: by a batch, a replay or a switch, or by the append that stored it. */
import { Option } from "effect"
import type { ConsumerWork } from "./ConsumerWork.ts"
import type { LetterFailure, NewLetter } from "./DeadLetters.ts"
import { letterFailure } from "./LetterText.ts"
import type { LeftOver } from "./ManagedProjection.ts"

/** The letter of an event; `failure` stands in for its own error. */
export const letterOf = (
  { consumer, quotable }: Pick<ConsumerWork, "consumer" | "quotable">,
  { error, kind, partition, recorded, tenant }: LeftOver,
  failure?: LetterFailure
): NewLetter => ({
  consumer,
  tenant,
  partition,
  position: recorded.position,
  stream: recorded.stream,
  version: recorded.version,
  eventId: recorded.id,
  eventType: recorded.type,
  failure:
    failure ??
    Option.getOrUndefined(Option.map(error, (one) => letterFailure(one, kind ?? "permanent", quotable(recorded.type))))
})

/** Another version of the program has to fold the event. */
export const otherVersion: LetterFailure = {
  kind: "transient",
  name: "OtherVersion",
  message: "The program that appended the event has another version of the projection, and could not fold it.",
  stack: ""
}
