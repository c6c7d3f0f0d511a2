/** The subcommands of `eventfold`: one file each, one line here. */
import { auditCommand } from "./Audit.ts"
import { exportCommand } from "./Export.ts"
import { forgetCommand } from "./Forget.ts"
import { importCommand } from "./Import.ts"
import { projectionsCommand } from "./Projections.ts"
import { rebuildCommand } from "./Rebuild.ts"
import { repairCommand } from "./Repair.ts"
import { rotateKeyCommand } from "./RotateKey.ts"
import { rotateMasterKeyCommand } from "./RotateMasterKey.ts"
import { verifyCommand } from "./Verify.ts"

/** The subcommands, in the order of the help. */
export const commands = [
  exportCommand,
  importCommand,
  verifyCommand,
  auditCommand,
  repairCommand,
  forgetCommand,
  rotateKeyCommand,
  rotateMasterKeyCommand,
  projectionsCommand,
  rebuildCommand
] as const
