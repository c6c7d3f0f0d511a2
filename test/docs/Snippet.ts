/** A part of a source file as a document shows it: the lines of a region, moved to the left margin. */
import { Result, Schema } from "effect"

/** A document asks for a region that its file does not have, or not just once. */
export class RegionNotFound extends Schema.TaggedError<RegionNotFound>()("RegionNotFound", {
  region: Schema.String,
  found: Schema.Int
}) {
  override get message() {
    return `// #region ${this.region} stands there ${this.found} times, and must stand there once`
  }
}

const marker = /^\s*\/\/ #(?:end)?region\b/u

/** The lines of a region of `source`; the marks of other regions inside are left out. */
export const region = (source: string, name: string): Result.Result<string, RegionNotFound> => {
  const lines = source.split("\n")
  const starts = lines.filter((line) => line.trim() === `// #region ${name}`)
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`)
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${name}`)
  if (starts.length !== 1 || end < start) {
    return Result.fail(new RegionNotFound({ region: name, found: starts.length }))
  }
  return Result.succeed(toTheMargin(lines.slice(start + 1, end).filter((line) => !marker.test(line))))
}

const toTheMargin = (lines: ReadonlyArray<string>): string => {
  const margin = Math.min(...lines.filter((line) => line !== "").map((line) => line.length - line.trimStart().length))
  return lines
    .map((line) => line.slice(margin))
    .join("\n")
    .trim()
}
