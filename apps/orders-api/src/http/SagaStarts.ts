/** What is answered when a saga of the service could not be started. */
import type { Saga } from "@eventfold/decider"
import type { LoadError } from "@eventfold/event-store/CommandHandler"
import type { SagaFailure } from "@eventfold/processes"
import { Effect } from "effect"
import { ofDispatch } from "./CommandProblems.ts"
import type { Unavailable } from "./Problems.ts"

/** That it was started with something else is for the endpoint to tell. */
type Failure = Exclude<Saga.SagaRefusal, { readonly _tag: "SagaAlreadyStarted" }> | SagaFailure | LoadError

/** It can be asked for again when the store failed; whatever else went wrong is a mistake of the program. */
export const notStarted = (error: Failure, idempotencyKey: string): Effect.Effect<never, Unavailable> => {
  switch (error._tag) {
    // The saga is one of the service, and the request was checked.
    case "SagaUnknown":
    case "SagaInputInvalid":
    case "SagaNotStarted":
    case "SagaEnded":
    case "SagaPastPivot":
    case "SagaNotStuck":
    case "StepNotStuck":
    case "AnswerNeeded":
      return Effect.die(error)
    default:
      return Effect.catch(ofDispatch(error, idempotencyKey), (problem) =>
        problem._tag === "Unavailable" ? Effect.fail(problem) : Effect.die(error)
      )
  }
}
