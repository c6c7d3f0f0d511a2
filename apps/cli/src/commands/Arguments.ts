/** Arguments that several commands take. */
import { Argument, Flag } from "effect/cli"

/** The exported file. */
export const file = Argument.String("file").pipe(
  Argument.withDescription("The file of the store; compressed when its name ends in .gz")
)

/** Goes on with what was interrupted. */
export const resume = Flag.Boolean("resume").pipe(
  Flag.withDefault(false),
  Flag.withDescription("go on with what was interrupted; begins when there is nothing to go on with")
)
