/** The command `eventfold`, with its arguments still to come. */
import { Command } from "effect/cli"
import { commands } from "./commands/index.ts"

/** The command with all its subcommands. */
export const command = Command.make("eventfold").pipe(
  Command.withDescription(
    "Looks after an event store. Which one, the environment says, as it does for the service: the PostgreSQL server of " +
      "DATABASE_URL, or else the embedded database in DATA_DIR (.eventfold/data)."
  ),
  Command.withSubcommands(commands)
)
