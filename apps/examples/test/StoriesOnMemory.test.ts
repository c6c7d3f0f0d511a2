/** The stories of the examples, in memory. */
import { areToldOn } from "./Stories.ts"

areToldOn("memory")
