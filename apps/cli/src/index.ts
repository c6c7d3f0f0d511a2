/** The command line of eventfold. */
export { command } from "./Cli.ts"
