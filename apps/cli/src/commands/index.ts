/** The subcommands of `eventfold`: one file each, one line here. */
import { exportCommand } from "./Export.ts"
import { importCommand } from "./Import.ts"
import { verifyCommand } from "./Verify.ts"

/** The subcommands, in the order of the help. */
export const commands = [exportCommand, importCommand, verifyCommand] as const
