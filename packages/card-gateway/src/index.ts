/** The client of a card gateway: its language, translated into that of the payments context. */
