/** The Redis the tests run on, where there is one: `npm run test:integration` says where. */
import { SecureRandom } from "effect/crypto"

/** Undefined outside `npm run test:integration`: what needs a server is not registered then. */
export const url = process.env["TEST_REDIS_URL"]

/** A prefix nobody else uses. */
export const prefix = () => `test-${SecureRandom.uuidV7Unsafe()}`
