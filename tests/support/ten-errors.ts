/** A station file in which a person made ten mistakes. */
export const tenErrors = `version: 1
site: lab
station: chamber-1
colour: red
cells:
  - id: C1
    capacty: 5 Ah
    mass: 82
buses:
  - { id: i2c-1, kind: i2c, device: 1 }
channels:
  - id: C1.t
    quantity: temperature
    at: { cell: C9 }
    essential: true
    source: { driver: mcp9601, bus: i2c-1, address: 0x67 }
    evry: 1 s
  - id: C1.t
    quantity: co2
    at: { cell: C1 }
    source: { driver: scd41, bus: i2c-1, address: 0x62 }
    every: 5 s
    t90: 60 s
    calibration: { id: CAL-1, date: 2026-02-31 }
  - id: C1.p
    quantity: pressure
    at: { cell: C1 }
    role: leeding
    source: { driver: replay, column: p, unit: degC }
  - id: C1.clash
    quantity: temperature
    at: { cell: C1 }
    source: { driver: mcp9601, bus: i2c-1, address: 0x62 }
`;
