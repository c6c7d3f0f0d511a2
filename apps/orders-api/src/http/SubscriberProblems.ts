/** The problems of the endpoints for messages between contexts. */
import type { BrokerFailure } from "@eventfold/messaging"
import { Cause, Effect, Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { unavailable } from "./CommandProblems.ts"
import { problemType } from "./Problems.ts"

/** There is no such subscriber, or it does not listen to the topic. */
export class UnknownSubscriber extends HttpApiError.Problem<UnknownSubscriber>()(
  "UnknownSubscriber",
  { type: problemType("subscriber-not-found"), status: 404, title: "There is no such subscriber" },
  { subscriber: Schema.String }
) {}

/** A subscriber of that name is in this program, so its group is needed. */
export class SubscriberInUse extends HttpApiError.Problem<SubscriberInUse>()(
  "SubscriberInUse",
  { type: problemType("subscriber-in-use"), status: 409, title: "The subscriber is in use" },
  { subscriber: Schema.String, topic: Schema.String }
) {}

/** There is no such message, or it has been dealt with. */
export class UnknownMessageLetter extends HttpApiError.Problem<UnknownMessageLetter>()(
  "UnknownMessageLetter",
  { type: problemType("message-letter-not-found"), status: 404, title: "There is no such dead letter" },
  { subscriber: Schema.String, topic: Schema.String, position: Schema.Int }
) {}

/** The broker failed. */
export const brokerFailed = (failure: BrokerFailure) =>
  Effect.andThen(
    Effect.logError("the message broker failed", Cause.fail(failure)),
    unavailable("store", "The message broker could not be reached or did not answer. Repeat it.")
  )
