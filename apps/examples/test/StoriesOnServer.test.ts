/** The stories of the examples, on a PostgreSQL server. */
import { areToldOn } from "./Stories.ts"

areToldOn("server")
