"""Made-up weather by the hour: seven measurements that hang together as in real air, parted by time.

A slow swell of the air's pressure goes twelve hours before the warmth or cold that it brings, so whoever reads the pressure says
more of tomorrow than that nothing changes. Made from a fixed seed.

Not for: measurements of a person's own (`engine.data.series`).
"""

from __future__ import annotations

import numpy as np

from engine.data.draws import Draws, Numbers
from engine.data.places import check_memory
from engine.data.registry import Request
from engine.data.table import Array, Table
from engine.data.windows import windows
from engine.graph.facts import Column

FIELDS = (
    "pressure, hPa", "temperature, °C", "relative humidity, %", "vapour deficit, hPa", "specific humidity, g/kg",
    "air density, kg/m³", "wind, m/s",
)  # fmt: skip
HOURS = 3 * 8766  # three years
_LENGTH = 120
_STEP = 6
_SEED = 20_023
_LEAD = 12  # hours from the pressure to the warmth that it brings


def weather(request: Request) -> Table:
    """Windows of the measurements as "features" (T,7), the temperature `horizon` hours later as "target"."""
    choice = request.settings
    values = _air()
    length = choice.length if choice.length is not None else _LENGTH
    step = choice.step if choice.step is not None else _STEP
    found = windows(HOURS, choice, length=length, ahead=choice.horizon, step=step, what="hours")
    every = choice.answer == "every"
    check_memory(4 * len(found.starts) * length * (len(FIELDS) + every), "The windows of the weather")
    warmth = values[:, 1:2]
    behind = found.rows(length, choice.horizon) if every else found.starts + length - 1 + choice.horizon
    out: dict[str, Array] = {"features": values[found.rows(length)], "target": warmth[behind]}
    return Table(
        "Weather",
        out,
        parts=found.parts,
        parted=True,
        described={
            "features": Column("features", "number", (), fields=FIELDS),
            "target": Column("target", "number", (), fields=FIELDS[1:2]),
        },
    )


def _air() -> Array:
    """[hours, measurements], after Magnus (vapour) and the law of ideal gases (density)."""
    draws = Draws(_SEED)
    hours = np.arange(HOURS)
    swell, cloud, own, damp, gust = (
        _wandering(draws, HOURS + _LEAD, hours=lasting) for lasting in (60.0, 30.0, 40.0, 20.0, 8.0)
    )
    now = slice(_LEAD, None)
    clear = 1.0 / (1.0 + np.exp(cloud[now]))
    day = -np.cos(2 * np.pi * (hours - 3) / 24)
    warmth = 9 - 9 * np.cos(2 * np.pi * (hours - 500) / 8766) - 3.5 * swell[:-_LEAD] + 1.2 * own[now]
    warmth = warmth + (1 + 6 * clear) * day
    pressure = 1013 + 8 * swell[now] + 0.3 * draws.normal(HOURS)
    humidity = np.clip(78 - 14 * clear * (1 + day) - 5 * swell[now] + 6 * damp[now], 12, 100)
    full = 6.112 * np.exp(17.62 * warmth / (243.12 + warmth))
    vapour = full * humidity / 100
    specific = 622 * vapour / (pressure - 0.378 * vapour)
    density = 100 * pressure / (287.05 * (warmth + 273.15))
    wind = np.abs(3.2 - 1.4 * swell[now] + 1.5 * gust[now])
    columns = (pressure, warmth, humidity, full - vapour, specific, density, wind)
    return np.stack([np.round(column, 4) for column in columns], axis=1).astype(np.float32)


def _wandering(draws: Draws, count: int, *, hours: float) -> Numbers:
    """Numbers of mean 0 and deviation 1 that forget where they were within so many hours."""
    kept = float(np.exp(-1 / hours))
    out, value = np.empty(count), 0.0
    for step, push in enumerate((draws.normal(count) * np.sqrt(1 - kept * kept)).tolist()):
        value = kept * value + push
        out[step] = value
    return out
