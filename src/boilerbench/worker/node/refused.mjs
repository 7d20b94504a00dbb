// The adapter cannot serve as asked: an unknown option, a missing package.

export class Refused extends Error {}
