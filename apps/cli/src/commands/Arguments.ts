/** Arguments and options that several commands take. */
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

/** Whose data it is. */
export const tenant = Flag.String("tenant").pipe(
  Flag.optional,
  Flag.withDescription("whose data it is; otherwise TENANT of the environment, or main")
)

/** Where the service runs. */
export const url = Flag.String("url").pipe(
  Flag.optional,
  Flag.withDescription("where the service is; otherwise BASE_URL of the environment, or http://127.0.0.1:3000")
)

/** Who does it. */
export const actor = Flag.String("actor").pipe(Flag.withDescription("who does it, for the audit"))

/** Why it is done. */
export const reason = Flag.String("reason").pipe(Flag.withDescription("why, for the audit"))

/** A person as the data knows them. */
export const subject = Flag.String("subject").pipe(
  Flag.withDescription("the person, by the id in the data: of orders the customer_…, of an account the account_…")
)
