/**
 * Given/when/then for deciders, and the laws of the ports as values.
 *
 * The suites that register the laws with vitest are modules of their own, `@eventfold/testing/EventStoreContract` and
 * `@eventfold/testing/CommandLogContract`, so that nothing here needs a test framework.
 */
export { AssertionError } from "./AssertionError.ts"
export * as CommandLogLaws from "./CommandLogLaws.ts"
export * as DeciderSpec from "./DeciderSpec.ts"
export { effort } from "./Effort.ts"
export * as EventStoreLaws from "./EventStoreLaws.ts"
export { type Law, LawBroken, Seed } from "./Law.ts"
