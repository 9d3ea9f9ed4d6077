/**
 * Ports and islands that a watch in this sea names on the radio. Positions to a hundredth of a degree, for
 * orientation only. `from` is the zoom level from which the name is drawn.
 */
export interface Place { name: string; lat: number; lon: number; from: number }

export const PLACES: readonly Place[] = [
  { name: 'Cartagena', lat: 10.41, lon: -75.54, from: 4 }, { name: 'Barranquilla', lat: 10.97, lon: -74.78, from: 5 },
  { name: 'Santa Marta', lat: 11.25, lon: -74.21, from: 6 }, { name: 'Riohacha', lat: 11.55, lon: -72.91, from: 6 },
  { name: 'Turbo', lat: 8.09, lon: -76.73, from: 6 }, { name: 'Coveñas', lat: 9.4, lon: -75.69, from: 7 },
  { name: 'San Andrés', lat: 12.58, lon: -81.7, from: 5 }, { name: 'Providencia', lat: 13.35, lon: -81.37, from: 5.5 },
  { name: 'Buenaventura', lat: 3.88, lon: -77.07, from: 4.5 }, { name: 'Tumaco', lat: 1.8, lon: -78.77, from: 5 },
  { name: 'Bahía Solano', lat: 6.23, lon: -77.4, from: 6.5 }, { name: 'Gorgona', lat: 2.97, lon: -78.18, from: 7 },
  { name: 'Malpelo', lat: 4.0, lon: -81.6, from: 5.5 }, { name: 'Colón', lat: 9.36, lon: -79.9, from: 5 },
  { name: 'Panamá', lat: 8.95, lon: -79.54, from: 4.5 }, { name: 'Bocas del Toro', lat: 9.34, lon: -82.24, from: 6.5 },
  { name: 'Puerto Limón', lat: 9.99, lon: -83.03, from: 5 }, { name: 'Bluefields', lat: 12.01, lon: -83.76, from: 5.5 },
  { name: 'Puerto Cabezas', lat: 14.03, lon: -83.38, from: 6 }, { name: 'La Ceiba', lat: 15.78, lon: -86.79, from: 6 },
  { name: 'Puerto Cortés', lat: 15.83, lon: -87.95, from: 5 }, { name: 'Roatán', lat: 16.32, lon: -86.53, from: 6 },
  { name: 'Belize City', lat: 17.5, lon: -88.19, from: 5.5 }, { name: 'Cancún', lat: 21.16, lon: -86.83, from: 5 },
  { name: 'George Town', lat: 19.29, lon: -81.38, from: 5.5 }, { name: 'Montego Bay', lat: 18.47, lon: -77.92, from: 6 },
  { name: 'Kingston', lat: 17.97, lon: -76.79, from: 4.5 }, { name: 'Port-au-Prince', lat: 18.54, lon: -72.34, from: 5 },
  { name: 'Santo Domingo', lat: 18.47, lon: -69.88, from: 4.5 }, { name: 'San Juan', lat: 18.46, lon: -66.11, from: 4.5 },
  { name: 'Santiago de Cuba', lat: 20.02, lon: -75.83, from: 6 }, { name: 'La Habana', lat: 23.14, lon: -82.35, from: 4 },
  { name: 'Miami', lat: 25.77, lon: -80.17, from: 4 }, { name: 'Oranjestad', lat: 12.52, lon: -70.04, from: 6 },
  { name: 'Willemstad', lat: 12.11, lon: -68.93, from: 5.5 }, { name: 'Maracaibo', lat: 10.64, lon: -71.61, from: 5 },
  { name: 'La Guaira', lat: 10.6, lon: -66.93, from: 5 }, { name: 'Puerto España', lat: 10.65, lon: -61.52, from: 5.5 },
  { name: 'Puntarenas', lat: 9.97, lon: -84.84, from: 5.5 }, { name: 'Corinto', lat: 12.48, lon: -87.17, from: 6 },
  { name: 'Acajutla', lat: 13.59, lon: -89.83, from: 6 }, { name: 'Puerto Quetzal', lat: 13.92, lon: -90.79, from: 5.5 },
  { name: 'Manzanillo', lat: 19.06, lon: -104.31, from: 5 }, { name: 'Lázaro Cárdenas', lat: 17.93, lon: -102.18, from: 6 },
  { name: 'Acapulco', lat: 16.84, lon: -99.9, from: 5 }, { name: 'Salina Cruz', lat: 16.16, lon: -95.19, from: 6 },
  { name: 'Veracruz', lat: 19.2, lon: -96.13, from: 5 }, { name: 'Isla del Coco', lat: 5.53, lon: -87.06, from: 5.5 },
  { name: 'Esmeraldas', lat: 0.99, lon: -79.65, from: 6 }, { name: 'Manta', lat: -0.94, lon: -80.72, from: 5.5 },
  { name: 'Guayaquil', lat: -2.2, lon: -79.89, from: 4.5 }, { name: 'Puerto Ayora', lat: -0.74, lon: -90.31, from: 6 },
  { name: 'Paita', lat: -5.09, lon: -81.11, from: 6 }, { name: 'El Callao', lat: -12.05, lon: -77.15, from: 4.5 },
];
