export async function toTheWebhook() {}
