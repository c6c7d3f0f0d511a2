/** What the files people write keep to: a name that says what is inside, and a length that can be read. */
import type { Violation } from "./Violation.ts"
import type { Workspace } from "./Workspace.ts"

const longest = 300
const emptyNames = /^(utils?|commons?|helpers?|libs?|misc)$/iu

/** Checks every source and SQL file of the repository. */
export const check = (workspace: Workspace): ReadonlyArray<Violation> =>
  [...workspace.packages, workspace.own].flatMap(({ files }) =>
    files.flatMap(({ lineCount, path }): ReadonlyArray<Violation> => {
      const empty = path.split("/").find((part) => emptyNames.test(part.replace(/\..*$/u, "")))
      return [
        ...(empty === undefined
          ? []
          : [
              { file: path, rule: "file-name", message: `"${empty}" says nothing: name it after the concept` } as const
            ]),
        ...(lineCount <= longest
          ? []
          : [{ file: path, rule: "file-length", message: `${lineCount} lines, at most ${longest}: split it` } as const])
      ]
    })
  )
