/** The names of consumers that have to do with generations. They are a storage format: checkpoints and letters stand under them. */
import type { Generation } from "./ReadModelStore.ts"

/** The consumer that feeds a generation: `projection:<name>:<generation>`. */
export const consumerOf = ({ generation, projection }: Pick<Generation, "projection" | "generation">): string =>
  `projection:${projection}:${generation}`

/** The name under which it is remembered that rows of a fingerprint were read once, and others took their place. */
export const supersededOf = ({ fingerprint, projection }: Pick<Generation, "projection" | "fingerprint">): string =>
  `superseded:${projection}:${fingerprint.slice(0, 16)}`

/** The name under which programs say that their appends write a generation, for as long as they do. It has no checkpoint. */
export const writersOf = ({ generation, projection }: Pick<Generation, "projection" | "generation">): string =>
  `writers:${projection}:${generation}`
