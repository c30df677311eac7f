"""What a screening misses because element sets are uncertain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.uncertainty import covariance_inertial_km2
from commonsky.astro.arrays import Floats
from commonsky.astro.frames import rotation_rtn
from commonsky.screen.revolution import SLOW_KM_S
from commonsky.screen.volume import Shape, Volume

Bools = NDArray[np.bool_]
States = tuple[Floats, Floats]  # positions (n, 3) and velocities (n, 3), inertial, km and s

MOST_ENCOUNTERS = 2048
DRAWS = 64
GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)
DIRECTIONS = 48


def missed_share(
    volume: Volume,
    sigma1_rtn_km: Floats,
    sigma2_rtn_km: Floats,
    states1: States,
    states2: States,
    *,
    primary1: Bools | None = None,
    primary2: Bools | None = None,
) -> float:
    """
    Return the share of true collisions that the list does not hold, nan where none can be judged.

    A true collision is an approach whose true miss is much smaller than the errors.  What a
    screening sees instead is the difference of two errors, projected on the encounter plane at
    the apparent closest approach; if that lies outside the volume, the approach is not listed.
    The share is averaged over the geometries and sigmas (n, 3) of the n encounters found, each
    weighted by one over the area that the volume cuts out of its encounter plane: errors far
    smaller than an orbit carry as many approaches into the volume as out of it, so that per area
    what is found is met as often as what is true.  Slow encounters have no encounter plane and
    are left out.  `primary1` and `primary2` (n,) tell about which of the two a volume stands;
    both, where they are left out.

    Good to about 0.01 for the sigmas given: evenly chosen encounters, and evenly spread errors.
    How far to trust it: it is as good as the sigmas, and from medians it is too small, because
    real errors have heavy tails; `tail_sigma_rtn_km` gives a pessimistic one.  Objects without
    elements, or whose elements failed, are not in it.
    """
    relative_velocity = states2[1] - states1[1]
    rows = _judged(sigma1_rtn_km, sigma2_rtn_km, relative_velocity)
    if not len(rows):
        return float("nan")
    (position1, velocity1), (position2, velocity2) = (
        (position[rows], velocity[rows]) for position, velocity in (states1, states2)
    )
    covariance = covariance_inertial_km2(sigma1_rtn_km[rows], position1, velocity1)
    covariance += covariance_inertial_km2(sigma2_rtn_km[rows], position2, velocity2)
    axes1, axes2 = rotation_rtn(position1, velocity1), rotation_rtn(position2, velocity2)
    about = [
        axes if primary is None else np.where(primary[rows, None, None], axes, np.nan)
        for axes, primary in ((axes1, primary1), (axes2, primary2))
    ]
    if volume.shape is Shape.SPHERE:
        about = [axes1]  # the same sphere about either
    plane = _plane_axes(relative_velocity[rows])
    seen = _inside(volume, _apparent_misses(covariance, plane), about).mean(axis=1)
    weight = 1.0 / _areas_km2(volume, plane, about)
    return float(1.0 - (seen * weight).sum() / weight.sum())


def _judged(
    sigma1_rtn_km: Floats, sigma2_rtn_km: Floats, relative_velocity_km_s: Floats
) -> NDArray[np.intp]:
    """Rows of a sample of the fast encounters of known uncertainty, evenly over the table."""
    known = np.isfinite(sigma1_rtn_km).all(axis=1) & np.isfinite(sigma2_rtn_km).all(axis=1)
    fast = np.linalg.norm(relative_velocity_km_s, axis=1) >= SLOW_KM_S
    rows = np.flatnonzero(known & fast)
    if len(rows) > MOST_ENCOUNTERS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_ENCOUNTERS).astype(np.intp)]
    return rows


def _plane_axes(velocity: Floats) -> Floats:
    """(n, 2, 3) two unit vectors across each velocity and each other."""
    # With the axis that the velocity is least along, so that the cross product is never short.
    least = np.eye(3)[np.argmin(np.abs(velocity), axis=1)]
    first = np.cross(velocity, least)
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(velocity, first)
    second /= np.linalg.norm(second, axis=1)[:, None]
    return np.stack([first, second], axis=1)


def _apparent_misses(covariance_km2: Floats, plane: Floats) -> Floats:
    """(n, DRAWS, 3) differences of errors in each encounter plane, all equally probable."""
    variances, directions = np.linalg.eigh(plane @ covariance_km2 @ np.swapaxes(plane, 1, 2))
    spread = directions * np.sqrt(np.maximum(variances, 0.0))[:, None, :]
    # A sunflower: rings of equal probability, turned by the golden section, and once more from
    # encounter to encounter.
    count = np.arange(DRAWS)
    radius = np.sqrt(-2.0 * np.log1p(-(count + 0.5) / DRAWS))
    turn = 2.0 * np.pi * GOLDEN * (count + DRAWS * np.arange(len(plane))[:, None])
    draws = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)
    return draws @ np.swapaxes(spread, 1, 2) @ plane


def _inside(volume: Volume, misses_km: Floats, about: list[Floats]) -> Bools:
    """(n, m) whether inertial vectors (n, m, 3) lie in a volume about either object."""
    inside = np.zeros(misses_km.shape[:2], np.bool_)
    for axes in about:
        components = misses_km @ np.swapaxes(axes, 1, 2)
        inside |= volume.holds(components.reshape(-1, 3)).reshape(inside.shape)
    return inside


def _areas_km2(volume: Volume, plane: Floats, about: list[Floats]) -> Floats:
    """(n,) area that the volumes about both objects cut out of each encounter plane."""
    semi_axes = np.array(volume.semi_axes_km)
    if volume.shape is Shape.SPHERE:
        return np.full(len(plane), np.pi * semi_axes[0] ** 2)
    # Around the ellipse that an ellipsoid would leave there, where few directions suffice.
    one = np.where(np.isnan(about[0]), about[1], about[0])
    scaled = plane @ np.swapaxes(one / semi_axes[:, None], 1, 2)
    curvature, directions = np.linalg.eigh(scaled @ np.swapaxes(scaled, 1, 2))
    per_axis = directions / np.sqrt(curvature)[:, None, :]
    angle = np.pi * (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    edge = np.column_stack([np.cos(angle), np.sin(angle)]) @ np.swapaxes(per_axis, 1, 2) @ plane
    reach = np.fmax(*(1.0 / _depth(volume, edge @ np.swapaxes(axes, 1, 2)) for axes in about))
    return np.pi * (reach**2).mean(axis=1) / np.sqrt(curvature.prod(axis=1))


def _depth(volume: Volume, components_km: Floats) -> Floats:
    """(n, m) how far out components (n, m, 3) are: 1 on the edge of the volume."""
    scaled = np.abs(components_km / np.array(volume.semi_axes_km))
    if volume.shape is Shape.BOX:
        return np.asarray(np.maximum(np.maximum(scaled[..., 0], scaled[..., 1]), scaled[..., 2]))
    return np.sqrt(np.einsum("...c,...c->...", scaled, scaled))
