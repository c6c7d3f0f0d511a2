/** A rebuild as one line for people. */
import { count, progressLine } from "./ProgressLine.ts"
import type { RebuildProgress } from "./RebuildProgress.ts"

/** A line for a terminal of so many columns, or without a bar, for a file. */
export const rebuildText = (name: string, progress: RebuildProgress, columns?: number): string =>
  progressLine({ ...progress, task: `rebuilding ${name}`, all: `${count(progress.total)} positions` }, columns)
