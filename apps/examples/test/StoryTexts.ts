/** What each example tells, from `stories`: run one and put its output there. */
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("stories/", import.meta.url)

/** The stories by the ids of the examples. */
export const stories: Record<string, string> = Object.fromEntries(
  readdirSync(folder).map((file) => [file.replace(/\.txt$/u, ""), readFileSync(new URL(file, folder), "utf8").trim()])
)
