const earthRadiusKm = 6371.0088;
/** An estimate until it is measured (CFP.md 4, Normalisation). */
const roundTripMsPerKm = 0.015;

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** The great-circle distance of two points in degrees, km. */
export function distanceKm(a: Point, b: Point): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)];
  const alongLatitude = Math.sin((latitudeB - latitudeA) / 2) ** 2;
  const alongLongitude = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const chord = alongLatitude + Math.cos(latitudeA) * Math.cos(latitudeB) * alongLongitude;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** The round trip that a distance lets expect, ms. */
export function estimatedRoundTrip(a: Point, b: Point): number {
  return distanceKm(a, b) * roundTripMsPerKm;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
