/** What a step was about to change has been changed by others since it was read. They have seen to it, and there is nothing left to do. */
export class Overtaken extends Error {}
