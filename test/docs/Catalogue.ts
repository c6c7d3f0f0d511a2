/** The rows of docs/requirements.md. */

/** One system: what it is called, how far it is, where to run it. */
export interface Row {
  readonly id: string
  readonly status: string
  readonly where: string
}

/** Every row of every table whose first column is an id. */
export const parse = (markdown: string): ReadonlyArray<Row> =>
  markdown.split("\n").flatMap((line) => {
    const [, id = "", , , status = "", where = ""] = line.split("|").map((cell) => cell.trim())
    return /^[A-Z]\d+$/u.test(id) ? [{ id, status, where }] : []
  })
