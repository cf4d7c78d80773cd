/** What stands before the name of every event of the element. */
export const PREFIX = "baclofen-chat:";
