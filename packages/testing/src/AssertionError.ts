/** The error of a failed expectation. Every test framework shows its message; none is needed to make it. */

/** An expectation that does not hold. `message` says what was expected, what was found, and how they differ. */
export class AssertionError extends Error {
  override readonly name = "AssertionError"
}

/**
 * Throws an {@link AssertionError} whose stack begins at the caller of `expectation`: the line of the test.
 */
export const fail = (message: string, expectation: (...args: never) => unknown): never => {
  const error = new AssertionError(message)
  Error.captureStackTrace(error, expectation)
  throw error
}
