"""How much one partner, or a stranger at the door, may take."""

import asyncio
import time

from commonsky.share.partner import limits
from commonsky.share.partner.bells import Bells


def test_strangers_are_bounded_each_and_all_together() -> None:
    door = limits.Door()
    entered = []
    for _ in range(limits.MOST_OF_ONE_ADDRESS):
        visit = door.admitted("a")
        assert visit.__enter__()
        entered.append(visit)
    with door.admitted("a") as one_more, door.admitted("b") as another:
        assert (one_more, another) == (False, True)
    entered.pop().__exit__(None, None, None)
    with door.admitted("a") as now:
        assert now
    others = [door.admitted(f"address {n}") for n in range(limits.MOST_AT_THE_DOOR)]
    assert not all(visit.__enter__() for visit in others)


def test_who_asks_too_fast_waits_and_is_not_refused() -> None:
    async def asked(count: int) -> float:
        allowance = limits.Allowance()
        began_s = time.monotonic()
        for _ in range(count):
            await allowance.take()
        return time.monotonic() - began_s

    burst, more = int(limits.BURST), 100
    # No more than the pace allows, however fast the machine is.
    assert asyncio.run(asked(burst + more)) >= 0.9 * more / limits.REQUESTS_S


def test_a_long_download_is_given_time_by_its_length() -> None:
    assert limits.longest_s(0) == limits.GRACE_S
    assert limits.longest_s(16_384_000) == limits.GRACE_S + 1000.0


def test_a_bell_wakes_all_who_took_it_before_it_rang() -> None:
    async def scene() -> list[str]:
        bells = Bells()
        woken: list[str] = []

        async def waits(nation: str, name: str) -> None:
            bell = bells.bell(nation)
            await bells.wait(nation, bell, 5.0)
            woken.append(name)

        tasks = [asyncio.create_task(waits("GBR", name)) for name in ("first", "second")]
        other = asyncio.create_task(waits("NOR", "other"))
        await asyncio.sleep(0)
        assert sorted(bells.awaited) == ["GBR", "NOR"]
        bells.ring("GBR")
        await asyncio.gather(*tasks)
        assert bells.awaited == ["NOR"]
        bells.ring("NOR")
        bells.ring("USA")
        await other
        return woken

    assert sorted(asyncio.run(scene())) == ["first", "other", "second"]


def test_a_ring_between_looking_and_waiting_is_not_missed() -> None:
    async def scene() -> None:
        bells = Bells()
        bell = bells.bell("GBR")
        bells.ring("GBR")
        await asyncio.wait_for(bells.wait("GBR", bell, 60.0), 5.0)

    asyncio.run(scene())
