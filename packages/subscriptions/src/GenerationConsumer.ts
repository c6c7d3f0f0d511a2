/** The name of the consumer that feeds a generation of a projection. It is a storage format: checkpoints and letters stand under it. */
import type { Generation } from "./ReadModelStore.ts"

/** `projection:<name>:<generation>`. */
export const consumerOf = ({ generation, projection }: Pick<Generation, "projection" | "generation">): string =>
  `projection:${projection}:${generation}`
