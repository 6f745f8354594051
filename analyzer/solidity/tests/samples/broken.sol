pragma solidity ^0.8.20;
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import "./Missing.sol";
import {Address} from "x/Address.sol";
contract V is ReentrancyGuard, Ownable(msg.sender) {
  using SafeERC20 for IERC20; using SafeMath for uint256; using Address for address payable; using EnumerableSet for EnumerableSet.AddressSet;
  IERC20 public token; EnumerableSet.AddressSet set; Unknown.S s; mapping(address => uint256) bal; Foo foo;
  function w(uint256 a) external nonReentrant onlyOwner {
    token.safeTransfer(msg.sender, a);
    bal[msg.sender] = bal[msg.sender].sub(a);
    payable(msg.sender).sendValue(a);
    set.add(msg.sender); s.x.y = 3; uint256 q = s.x.y; s.list.push(a);
    IFoo(address(token)).bar{value: 1}(q); foo.fetch(a).run(3);
    _burn(msg.sender, a); x = undefinedThing + 1; total += a;
    Lib.doit(a); emit Gone(a); super.w(a); revert NotHere(a);
  }
  function half() external { a.
  }
  function ok() external returns (uint) { return bal[msg.sender]; }
  function broken(uint a, public { if (x ==
  function ok2() external { bal[msg.sender] = 0; }
  function miss() external { (bool ok, ) = msg.sender.call{value: bal[msg.sender]}("") bal[msg.sender] = 0 ; ) } 
  uint z
  function ok3() external { z = 1; }
}
contract W { function ok4() external { } 
