/** Runners of sagas and process managers, and durable timers. */
